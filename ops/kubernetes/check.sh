#!/usr/bin/env bash
# Checks the manifests against the schemas of Kubernetes itself, with kubeconform. Needs kubectl and Go, which fetches the others.
set -euo pipefail
cd "$(dirname "$0")/../.."
KUBERNETES=v1.33.4
KUBECONFORM=v0.7.0
OPERATOR=v0.85.0 # of Prometheus
cache=$PWD/.cache/kubernetes-$KUBERNETES-$OPERATOR

[ -x "$cache/kubeconform" ] || GOBIN=$cache go install "github.com/yannh/kubeconform/cmd/kubeconform@$KUBECONFORM"
if [ ! -d "$cache/schemas" ]; then
  folder_of() {
    (cd "$(mktemp -d)" && go mod init schemas 2>/dev/null && go mod download -json "$1" |
      sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  }
  kubernetes=$(folder_of "k8s.io/kubernetes@$KUBERNETES")
  operator=$(folder_of "github.com/prometheus-operator/prometheus-operator@$OPERATOR")/jsonnet/prometheus-operator
  node ops/kubernetes/schemas.mjs "$kubernetes/api/openapi-spec/swagger.json" "$cache/schemas" \
    "$operator/podmonitors-crd.json" "$operator/prometheusrules-crd.json"
fi
# Those of the Worker Controller have schemas of their own, in its repository.
check=("$cache/kubeconform" -strict -summary -skip WorkerDeployment,Connection
  -schema-location "$cache/schemas/{{.ResourceKind}}{{.KindSuffix}}.json")
kubectl kustomize ops/kubernetes/base | "${check[@]}" -
kubectl kustomize ops/kubernetes/worker-controller | "${check[@]}" -
ops/kubernetes/monitoring/print.sh | "${check[@]}" -
"${check[@]}" ops/kubernetes/base/secret.example.yaml
