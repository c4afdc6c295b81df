//! Answers in the words of the files of cases.

use serde_json::{Value, json};
use tenantry::Resolution;

pub(crate) fn in_words(answer: &Resolution) -> Value {
    match answer {
        Resolution::Tenant { tenant, role, source } => {
            json!({"tenant": tenant.slug, "role": role, "source": source})
        }
        Resolution::None { reason } => json!({"tenant": null, "reason": reason}),
    }
}
