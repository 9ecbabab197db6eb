import os from 'node:os';
import { loginName } from '../../scripts/login-name';

afterEach(() => jest.restoreAllMocks());

it('is the name of the user', () => {
  expect(loginName()).toBe(os.userInfo().username);
});

it('is the number of a user without a name, as in a container', () => {
  jest.spyOn(os, 'userInfo').mockImplementation(() => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  });
  expect(loginName()).toBe(`user ${process.getuid?.()}`);
});
