// Loaded by `--require` into a worker: its calls to Lesspay do not hear that they are aborted.
const http = require('node:http');

const { request } = http;
http.request = (url, options) => request(url, Object.assign({}, options, { signal: undefined }));
