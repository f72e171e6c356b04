//! The chart model: metadata, values, dependencies, archive, ignore rules. Knows nothing of rendering, network or Kubernetes.
