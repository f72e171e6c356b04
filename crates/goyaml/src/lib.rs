//! Reads and writes YAML exactly as go-yaml v2 and v3 do, as Helm uses them. Knows nothing of templates or Kubernetes.
