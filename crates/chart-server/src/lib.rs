//! The chart server: the API of ChartMuseum and OCI distribution over one store.
