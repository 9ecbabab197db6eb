#!/usr/bin/env bash
# Checks the manifests against the schemas of Kubernetes itself, with kubeconform. Needs kubectl and Go, which fetches the others.
set -euo pipefail
cd "$(dirname "$0")/../.."
KUBERNETES=v1.33.4
KUBECONFORM=v0.7.0
cache=$PWD/.cache/kubernetes-$KUBERNETES

[ -x "$cache/kubeconform" ] || GOBIN=$cache go install "github.com/yannh/kubeconform/cmd/kubeconform@$KUBECONFORM"
if [ ! -d "$cache/schemas" ]; then
  source=$(cd "$(mktemp -d)" && go mod init schemas 2>/dev/null && go mod download -json "k8s.io/kubernetes@$KUBERNETES" |
    sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  node ops/kubernetes/schemas.mjs "$source/api/openapi-spec/swagger.json" "$cache/schemas"
fi
# Those of the Worker Controller have schemas of their own, in its repository.
check=("$cache/kubeconform" -strict -summary -skip WorkerDeployment,Connection
  -schema-location "$cache/schemas/{{.ResourceKind}}{{.KindSuffix}}.json")
kubectl kustomize ops/kubernetes/base | "${check[@]}" -
kubectl kustomize ops/kubernetes/worker-controller | "${check[@]}" -
"${check[@]}" ops/kubernetes/base/secret.example.yaml
