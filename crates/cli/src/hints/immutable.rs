//! A field that cannot be changed, told by the server when it was too late to say so before: after hooks, or where the live
//! object is not what the record says.

/// What the server says of such fields.
const SIGNS: [&str; 3] =
    ["field is immutable", "updates to statefulset spec for fields other than", "is immutable after creation"];

/// Returns the ways out; nothing for other errors.
pub fn text(error: &str) -> &'static str {
    if SIGNS.iter().any(|sign| error.contains(sign)) {
        "\nthis field cannot be changed while the object is there. Keep the old value, give the object another name, or delete it \
         (kubectl delete --cascade=orphan keeps its Pods) and run the same command again"
    } else {
        ""
    }
}
