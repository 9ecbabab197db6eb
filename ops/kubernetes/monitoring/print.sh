#!/usr/bin/env bash
# Prints what the Prometheus Operator and Grafana need: what to scrape, the alerts of ops/prometheus/, the dashboard of ops/grafana/.
# ops/kubernetes/monitoring/print.sh | kubectl apply -n payins -f -    (docs/deployment.md, "Metrics and alerts")
set -euo pipefail
cd "$(dirname "$0")/../../.."
cat ops/kubernetes/monitoring/pod-monitors.yaml
cat <<'RULE'
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: payins-alerts
spec:
RULE
sed 's/^/  /' ops/prometheus/alerts.yaml
echo ---
# Grafana's sidecar loads every ConfigMap with this label.
kubectl create configmap payins-dashboard --from-file=ops/grafana/lesspay-payins.json --dry-run=client --output=json |
  kubectl label --local --filename=- grafana_dashboard=1 --dry-run=client --output=yaml | sed '/creationTimestamp: null/d'
