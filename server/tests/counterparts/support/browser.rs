//! A person with a browser, at a provider: follows redirects, keeps cookies, presses the first button of a page.

use super::web::{Reply, Request};
use std::collections::BTreeMap;
use url::Url;

/// How many pages a sign-in may have.
const PAGES: usize = 12;

/// A browser with its cookies.
#[derive(Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Walks from an authorization address to where the provider sends the browser back to, which begins with `back`.
    /// Panics when it ends anywhere else.
    pub async fn walk(&mut self, url: &str, back: &str) -> Url {
        self.walk_by(url, back, "").await
    }

    /// The same, where the person presses the first button whose form has this text in it.
    pub async fn walk_by(&mut self, url: &str, back: &str, button: &str) -> Url {
        let mut at = Url::parse(url).unwrap();
        let mut reply = self.open(Request::get(at.as_str())).await;
        for _ in 0..PAGES {
            let location = reply.headers("location").next().map(str::to_owned);
            if let Some(location) = location {
                at = at.join(&location).unwrap();
                if at.as_str().starts_with(back) {
                    return at;
                }
                reply = self.open(Request::get(at.as_str())).await;
            } else {
                let (action, fields) = form(&reply.text, button)
                    .unwrap_or_else(|| panic!("{} {} has no such form: {}", reply.status, at.path(), reply.text));
                at = at.join(&action).unwrap();
                let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                reply = self.open(Request::post(at.as_str()).form(&fields)).await;
            }
        }
        panic!("{back} was not reached; the last page was {at}");
    }

    async fn open(&mut self, request: Request) -> Reply {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if cookies.is_empty() { request } else { request.header("cookie", &cookies.join("; ")) };
        let reply = request.send().await;
        // Counterparts may live in another time than this machine, so no cookie ends.
        for cookie in reply.headers("set-cookie") {
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }
}

/// Where the first form with the text in it goes, and its hidden fields and button.
fn form(page: &str, text: &str) -> Option<(String, Vec<(String, String)>)> {
    let form = page.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next());
    let form = form.into_iter().find(|form| form.contains(text))?;
    let action = attribute(form.split('>').next()?, "action")?;
    let inputs = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let pairs = |tag: &str| Some((attribute(tag, "name")?, attribute(tag, "value")?));
    let buttons = form.split("<button").skip(1).filter(|rest| rest.contains(text)).take(1);
    let button = buttons.filter_map(|rest| rest.split('>').next()).filter_map(pairs);
    Some((action, inputs.filter_map(pairs).chain(button).collect()))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!("{name}=\""))?.1.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}
