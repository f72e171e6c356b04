//! Chart, values and capabilities in; ordered manifests, hooks and notes out.
