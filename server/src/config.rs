//! Configuration: flags beat `PATCHBAY_*` variables, which beat the TOML file, which beats the defaults.

use hub::ctx::{Settings, Smtp};
use ipnet::IpNet;
use providers::outbound::AllowList;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use url::Url;

/// Where the server listens unless told otherwise.
pub const DEFAULT_ADDR: &str = "127.0.0.1:3000";

/// What one source says; the keys of the file, and in capitals behind `PATCHBAY_` the variables.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layer {
    /// Where to listen: address and port.
    pub addr: Option<String>,
    /// The directory of the database file and the master key.
    pub data_dir: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: Option<SecretString>,
    /// The master key in base64, in place of the file in the data directory.
    pub master_key: Option<SecretString>,
    /// Where browsers find this instance.
    pub public_url: Option<String>,
    /// Serve plain http off loopback.
    pub allow_http: Option<bool>,
    /// Proxies whose `X-Forwarded-*` headers are believed: addresses and networks, separated by commas.
    pub trusted_proxies: Option<String>,
    /// Hosts, addresses and networks that may be connected to although they are not public, separated by commas.
    pub outbound_allow: Option<String>,
    /// The mail server: `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`.
    pub smtp_url: Option<SecretString>,
    /// The sender of mails.
    pub smtp_from: Option<String>,
    /// The directory of the site's files, when it is not beside the binary.
    pub site_root: Option<PathBuf>,
    /// Base URLs that replace those of the catalogue, by provider key.
    pub endpoints: BTreeMap<String, String>,
}

/// The whole configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The database's address; none means SQLite in the data directory.
    database_url: Option<SecretString>,
    /// The master key, when it does not come from the file.
    pub master_key: Option<SecretString>,
    public_url: Option<Url>,
    allow_http: bool,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Exceptions of the outbound guard.
    pub outbound_allow: AllowList,
    smtp: Option<Smtp>,
    /// The directory of the site's files.
    pub site_root: Option<PathBuf>,
    endpoints: BTreeMap<String, String>,
}

impl Layer {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a variable holds something unusable; names the variable.
    pub fn from_env(get: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let get = |name: &str| get(&format!("PATCHBAY_{name}")).filter(|value| !value.is_empty());
        let allow_http = match get("ALLOW_HTTP").as_deref() {
            None => None,
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            Some(other) => return Err(format!("PATCHBAY_ALLOW_HTTP is {other:?}; use true or false.")),
        };
        // PATCHBAY_ENDPOINTS=circleci=http://…,jenkins=https://…
        let mut endpoints = BTreeMap::new();
        for pair in get("ENDPOINTS").iter().flat_map(|text| text.split(',')) {
            let Some((key, url)) = pair.split_once('=') else {
                return Err(format!("PATCHBAY_ENDPOINTS holds {pair:?}; write PROVIDER=URL, separated by commas."));
            };
            endpoints.insert(key.trim().to_owned(), url.trim().to_owned());
        }
        Ok(Self {
            addr: get("ADDR"),
            data_dir: get("DATA_DIR").map(PathBuf::from),
            database_url: get("DATABASE_URL").map(SecretString::from),
            master_key: get("MASTER_KEY").map(SecretString::from),
            public_url: get("PUBLIC_URL"),
            allow_http,
            trusted_proxies: get("TRUSTED_PROXIES"),
            outbound_allow: get("OUTBOUND_ALLOW"),
            smtp_url: get("SMTP_URL").map(SecretString::from),
            smtp_from: get("SMTP_FROM"),
            site_root: get("SITE_ROOT").or_else(|| std::env::var("LEPTOS_SITE_ROOT").ok()).map(PathBuf::from),
            endpoints,
        })
    }

    /// Reads the TOML file.
    ///
    /// # Errors
    /// When it cannot be read or holds something unknown; names the file and the line, never a value.
    pub fn from_file(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{shown} could not be read: {error}"))?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            format!("{shown}, line {line}: {}", error.message())
        })
    }

    /// This source over another.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let mut endpoints = below.endpoints;
        endpoints.extend(self.endpoints);
        Self {
            addr: self.addr.or(below.addr),
            data_dir: self.data_dir.or(below.data_dir),
            database_url: self.database_url.or(below.database_url),
            master_key: self.master_key.or(below.master_key),
            public_url: self.public_url.or(below.public_url),
            allow_http: self.allow_http.or(below.allow_http),
            trusted_proxies: self.trusted_proxies.or(below.trusted_proxies),
            outbound_allow: self.outbound_allow.or(below.outbound_allow),
            smtp_url: self.smtp_url.or(below.smtp_url),
            smtp_from: self.smtp_from.or(below.smtp_from),
            site_root: self.site_root.or(below.site_root),
            endpoints,
        }
    }
}

impl Config {
    /// Checks what the sources said together.
    ///
    /// # Errors
    /// The first thing that is wrong, by its name in the file.
    pub fn new(layer: Layer) -> Result<Self, String> {
        let addr = layer.addr.unwrap_or_else(|| DEFAULT_ADDR.to_owned());
        let addr = addr
            .parse()
            .map_err(|_| format!("addr is {addr:?}; write an address and a port, such as {DEFAULT_ADDR}."))?;
        let public_url = layer.public_url.map(|text| parse_public_url(&text)).transpose()?;
        let proxies = layer.trusted_proxies.unwrap_or_default();
        let trusted_proxies =
            proxies.split([',', ' ']).filter(|entry| !entry.is_empty()).map(parse_net).collect::<Result<_, _>>()?;
        let allow = layer.outbound_allow.unwrap_or_default();
        let outbound_allow = allow.parse().map_err(|error| format!("outbound_allow: {error}"))?;
        for (provider, url) in &layer.endpoints {
            if providers::catalogue::find(provider).is_none() {
                return Err(format!("endpoints names {provider:?}, which is not in the catalogue."));
            }
            Url::parse(url).map_err(|_| format!("endpoints.{provider} is not a URL."))?;
        }
        let smtp = layer.smtp_url.map(|url| Smtp {
            url,
            from: layer.smtp_from.unwrap_or_else(|| "Patchbay <patchbay@localhost>".to_owned()),
        });
        Ok(Self {
            addr,
            data_dir: layer.data_dir.unwrap_or_else(|| PathBuf::from("data")),
            database_url: layer.database_url,
            master_key: layer.master_key,
            public_url,
            allow_http: layer.allow_http.unwrap_or_default(),
            trusted_proxies,
            outbound_allow,
            smtp,
            site_root: layer.site_root,
            endpoints: layer.endpoints,
        })
    }

    /// The database's address, password included.
    pub fn database_url(&self) -> SecretString {
        let file = || format!("sqlite:{}", self.data_dir.join("patchbay.db").display()).into();
        self.database_url.clone().unwrap_or_else(file)
    }

    /// Whether the database is a file that one process owns.
    pub fn is_sqlite(&self) -> bool {
        self.database_url().expose_secret().starts_with("sqlite:")
    }

    /// What the hub needs to know, once the port is known.
    ///
    /// # Errors
    /// When browsers would send passwords over plain http to another machine.
    pub fn settings(&self, bound: SocketAddr, setup_code: Option<SecretString>) -> Result<Settings, String> {
        let here = || Url::parse(&format!("http://{bound}")).map_err(|error| error.to_string());
        let public_url = self.public_url.clone().map_or_else(here, Ok)?;
        if public_url.scheme() == "http" && !is_loopback(&public_url) && !self.allow_http {
            return Err(format!(
                "{public_url} is plain http and not on this machine: passwords could be read on the way. Put a proxy \
                 with https in front and set public_url to its address, or set allow_http = true on a network you trust."
            ));
        }
        Ok(Settings { public_url, setup_code, smtp: self.smtp.clone(), endpoints: self.endpoints.clone() })
    }
}

/// Whether a URL leads to this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn parse_public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let plain = |url: &Url| url.path() == "/" && url.query().is_none() && url.username().is_empty();
    url.filter(plain).ok_or_else(|| {
        format!("public_url is {text:?}; write scheme and host alone, such as https://patchbay.example.com.")
    })
}

fn parse_net(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or(address)
        .map_err(|_| format!("trusted_proxies holds {text:?}, which is neither an address nor a network."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Result<Layer, String> {
        Layer::from_env(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn flags_beat_variables_which_beat_the_file() {
        let file: Layer =
            toml::from_str("addr = '127.0.0.1:1'\ndata_dir = 'file'\n[endpoints]\ncircleci = 'https://f.example'")
                .unwrap();
        let env = env(&[("PATCHBAY_ADDR", "127.0.0.1:2"), ("PATCHBAY_ENDPOINTS", "vercel=https://v.example")]).unwrap();
        let flags = Layer { addr: Some("127.0.0.1:3".into()), ..Layer::default() };
        let config = Config::new(flags.over(env).over(file)).unwrap();
        assert_eq!(config.addr.port(), 3);
        assert_eq!(config.data_dir, Path::new("file"));
        assert_eq!(config.endpoints.len(), 2);
    }

    #[test]
    fn plain_http_off_loopback_is_refused_unless_allowed() {
        let bound = "0.0.0.0:3000".parse().unwrap();
        let open = Layer { addr: Some("0.0.0.0:3000".into()), ..Layer::default() };
        assert!(Config::new(open.clone()).unwrap().settings(bound, None).unwrap_err().contains("plain http"));
        assert!(Config::new(Layer { allow_http: Some(true), ..open.clone() }).unwrap().settings(bound, None).is_ok());
        let https = Layer { public_url: Some("https://hub.example".into()), ..open };
        assert!(Config::new(https).unwrap().settings(bound, None).is_ok());
    }

    #[test]
    fn a_wrong_value_is_refused_by_name() {
        for (key, value) in [
            ("PATCHBAY_ADDR", "3000"),
            ("PATCHBAY_PUBLIC_URL", "https://hub.example/path"),
            ("PATCHBAY_TRUSTED_PROXIES", "proxy"),
            ("PATCHBAY_OUTBOUND_ALLOW", "http://x"),
            ("PATCHBAY_ENDPOINTS", "nobody=https://x.example"),
        ] {
            let error = env(&[(key, value)]).and_then(Config::new).unwrap_err();
            let name = key.trim_start_matches("PATCHBAY_").to_lowercase();
            assert!(error.contains(&name), "{error}");
        }
        assert!(toml::from_str::<Layer>("adr = '127.0.0.1:1'").is_err());
    }
}
