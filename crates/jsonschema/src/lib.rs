//! JSON Schema drafts 4 to 2020-12 with the messages of santhosh-tekuri/jsonschema 6.0.3.
