//! The monitoring layer: Sentry's, as its documentation has it, for Node and for Python.
//! <https://docs.sentry.io/platforms/javascript/guides/aws-lambda/install/layer/>

use serde_json::{Map, Value, json};

/// The AWS account that publishes the layers.
const PUBLISHER: &str = "943013980633";

/// What Node loads before the function.
const NODE_OPTIONS: &str = "-r @sentry/aws-serverless/awslambda-auto";

/// What Python calls instead of the function; it calls the function in turn.
const PYTHON_HANDLER: &str = "sentry_sdk.integrations.init_serverless_sdk.sentry_lambda_handler";

/// Where the Python layer finds the function.
const INITIAL_HANDLER: &str = "SENTRY_INITIAL_HANDLER";

/// A runtime that has a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runtime {
    Node,
    Python,
}

impl Runtime {
    pub fn of(word: &str) -> Option<Self> {
        match word {
            word if word.starts_with("nodejs") => Some(Self::Node),
            word if word.starts_with("python") => Some(Self::Python),
            _ => None,
        }
    }

    /// The layer's name and version.
    const fn layer(self) -> (&'static str, u32) {
        match self {
            Self::Node => ("SentryNodeServerlessSDKv10", 55),
            Self::Python => ("SentryPythonServerlessSDK", 188),
        }
    }
}

/// The change that turns monitoring on in a function that is like this now.
pub(super) fn change(runtime: Runtime, now: &Value, region: &str, dsn: &str) -> Value {
    let (name, version) = runtime.layer();
    let of_ours = |arn: &str| arn.split(':').nth(4) == Some(PUBLISHER);
    let mut layers = arns(now);
    layers.retain(|arn| !of_ours(arn));
    layers.push(format!("arn:aws:lambda:{region}:{PUBLISHER}:layer:{name}:{version}"));

    let mut variables = now["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
    variables.insert("SENTRY_DSN".into(), dsn.into());
    variables.insert("SENTRY_TRACES_SAMPLE_RATE".into(), "1.0".into());
    let mut change = json!({"Layers": layers});
    match runtime {
        Runtime::Node => preload(&mut variables),
        Runtime::Python => {
            let handler = now["Handler"].as_str().unwrap_or_default();
            // Done again, the handler is the layer's already, and the function's own is where it was kept.
            if handler != PYTHON_HANDLER {
                variables.insert(INITIAL_HANDLER.into(), handler.into());
            }
            change["Handler"] = PYTHON_HANDLER.into();
        }
    }
    change["Environment"] = json!({"Variables": variables});
    change
}

/// Adds our part to what the function tells Node already.
fn preload(variables: &mut Map<String, Value>) {
    let told = variables.get("NODE_OPTIONS").and_then(Value::as_str).unwrap_or_default().trim();
    let options = match told {
        "" => NODE_OPTIONS.to_owned(),
        told if told.contains(NODE_OPTIONS) => told.to_owned(),
        told => format!("{told} {NODE_OPTIONS}"),
    };
    variables.insert("NODE_OPTIONS".into(), options.into());
}

/// The layers of a function.
pub(super) fn arns(function: &Value) -> Vec<String> {
    let layers = function["Layers"].as_array().into_iter().flatten();
    layers.filter_map(|layer| layer["Arn"].as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "arn:aws:lambda:eu-west-1:943013980633:layer:SentryNodeServerlessSDKv10:55";
    const OTHER: &str = "arn:aws:lambda:eu-west-1:111122223333:layer:tools:1";

    #[test]
    fn a_node_function_keeps_its_layers_and_its_environment() {
        let now = json!({
            "Handler": "index.handler", "Layers": [{"Arn": OTHER}, {"Arn": NODE.replace(":55", ":7")}],
            "Environment": {"Variables": {"STAGE": "prod", "NODE_OPTIONS": "--enable-source-maps"}},
        });
        let options = "--enable-source-maps -r @sentry/aws-serverless/awslambda-auto";
        let first = change(Runtime::Node, &now, "eu-west-1", "https://k@o.example.com/1");
        assert_eq!(
            first,
            json!({
                "Layers": [OTHER, NODE],
                "Environment": {"Variables": {
                    "STAGE": "prod", "NODE_OPTIONS": options, "SENTRY_DSN": "https://k@o.example.com/1",
                    "SENTRY_TRACES_SAMPLE_RATE": "1.0",
                }},
            })
        );
        let again = json!({"Layers": [{"Arn": OTHER}, {"Arn": NODE}], "Environment": first["Environment"]});
        assert_eq!(change(Runtime::Node, &again, "eu-west-1", "https://k@o.example.com/1"), first);
    }

    #[test]
    fn a_python_function_keeps_its_own_handler_behind_the_layers() {
        let first = change(Runtime::Python, &json!({"Handler": "app.main"}), "eu-west-1", "dsn");
        assert_eq!(first["Handler"], PYTHON_HANDLER);
        assert_eq!(first["Environment"]["Variables"][INITIAL_HANDLER], "app.main");
        let again = json!({"Handler": PYTHON_HANDLER, "Environment": first["Environment"]});
        assert_eq!(change(Runtime::Python, &again, "eu-west-1", "dsn"), first);
        // Somebody gave the function another handler since.
        let moved = json!({"Handler": "app.other", "Environment": first["Environment"]});
        let change = change(Runtime::Python, &moved, "eu-west-1", "dsn");
        assert_eq!(change["Environment"]["Variables"][INITIAL_HANDLER], "app.other");
    }

    #[test]
    fn only_node_and_python_have_a_layer() {
        assert_eq!(Runtime::of("nodejs22.x"), Some(Runtime::Node));
        assert_eq!(Runtime::of("python3.13"), Some(Runtime::Python));
        assert_eq!(Runtime::of("java21"), None);
    }
}
