# One image for all programs: APIs, workers and the operators' commands (docs/deployment.md).
# Any image with Node 24 and npm serves as the base.
ARG BASE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent build

FROM ${BASE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${BASE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN chmod +x dist/scripts/command.js && ln -s /app/dist/scripts/command.js /usr/local/bin/lesspay-payins
# Nothing is written to the file system: the root may be read-only. Nothing belongs to this user.
USER 10001:10001
EXPOSE 3000
# Of the API. A worker and a command have another, or none: see compose.yaml.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1 and gets SIGTERM, which lets it finish what is in progress.
CMD ["node", "dist/api/main.js"]
