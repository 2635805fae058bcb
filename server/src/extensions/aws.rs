//! The CloudFormation template of the role that customers make.

use axum::http::header;
use axum::response::IntoResponse;

/// The template. Its role is named as [`providers::connect::aws::ROLE`] says.
const TEMPLATE: &str = include_str!("role.yaml");

/// Serves it. It holds no secret: who may use the role is what the customer enters as its parameters.
pub async fn template() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/yaml"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, TEMPLATE)
}

#[cfg(test)]
mod tests {
    use super::TEMPLATE;
    use providers::connect::aws::ROLE;

    #[test]
    fn the_template_makes_the_role_that_patchbay_takes_on() {
        assert!(TEMPLATE.contains(&format!("RoleName: {ROLE}\n")), "{TEMPLATE}");
    }
}
