//! Provider icons: the brand's mark, or a monogram, on a tile in the brand's colour. One SVG document each, served from
//! our own origin, so that no page asks anybody else for a picture.

use domain::catalogue::Manifest;
use icondata_si as si;

/// The ground of a tile whose colour cannot be read.
const GREY: [u8; 3] = [0x5b, 0x64, 0x70];

/// A mark must differ from its ground this much (WCAG 2.2, non-text contrast); white is taken where it does.
const CONTRAST: f64 = 3.0;

/// The brand's mark in the icon set, drawn in a square of 24. A brand that the set lacks has a monogram.
fn mark(key: &str) -> Option<&'static str> {
    let icon = match key {
        "asana" => si::SiAsana,
        "backstage" => si::SiBackstage,
        "bitbucket" => si::SiBitbucket,
        "circleci" => si::SiCircleci,
        "clickup" => si::SiClickup,
        "datadog" => si::SiDatadog,
        "discord" => si::SiDiscord,
        "figma" => si::SiFigma,
        "github" => si::SiGithub,
        "gitlab" => si::SiGitlab,
        "grafana" => si::SiGrafana,
        "jenkins" => si::SiJenkins,
        "jira" => si::SiJira,
        "kubernetes" => si::SiKubernetes,
        "linear" => si::SiLinear,
        "mysql" => si::SiMysql,
        "n8n" => si::SiN8n,
        "notion" => si::SiNotion,
        "opentelemetry" => si::SiOpentelemetry,
        "opsgenie" => si::SiOpsgenie,
        "pagerduty" => si::SiPagerduty,
        "postgres" => si::SiPostgresql,
        "prometheus" => si::SiPrometheus,
        "sentry" => si::SiSentry,
        "slack" => si::SiSlack,
        "terraform" => si::SiTerraform,
        "trello" => si::SiTrello,
        "twilio" => si::SiTwilio,
        "vercel" => si::SiVercel,
        "zapier" => si::SiZapier,
        _ => return None,
    };
    (icon.view_box == Some("0 0 24 24")).then_some(icon.data)
}

/// The provider's icon as a complete SVG document.
pub fn svg(manifest: &Manifest) -> String {
    let ground = rgb(&manifest.color).unwrap_or(GREY);
    let [r, g, b] = ground;
    let ink = if contrast(ground, [255; 3]) >= CONTRAST { "#ffffff" } else { "#000000" };
    let name = escape(&manifest.name);
    let drawing = match mark(&manifest.key) {
        Some(path) => format!(r#"<g fill="{ink}" transform="translate(11 11) scale(1.0833)">{path}</g>"#),
        None => monogram(&manifest.monogram, ink),
    };
    let tile = format!(r##"<rect width="48" height="48" rx="10" fill="#{r:02x}{g:02x}{b:02x}"/>"##);
    let head = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img""#;
    format!(r#"{head} aria-label="{name}"><title>{name}</title>{tile}{drawing}</svg>"#)
}

fn monogram(letters: &str, ink: &str) -> String {
    let letters: String = letters.chars().take(2).collect();
    let letters = escape(&letters);
    let font = r#"font-family="system-ui, sans-serif" font-size="21" font-weight="700" text-anchor="middle""#;
    format!(r#"<text x="24" y="31.5" fill="{ink}" {font}>{letters}</text>"#)
}

fn rgb(color: &str) -> Option<[u8; 3]> {
    let hex = color.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Contrast of two colours by WCAG 2.2, from 1 to 21.
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(color: [u8; 3]) -> f64 {
    let [r, g, b] = color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Text for an XML text or attribute; what XML cannot hold is left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn named(key: &str) -> Manifest {
        catalogue::find(key).unwrap().clone()
    }

    /// A small reader of XML: every tag is closed in order, every attribute quoted, nothing but known entities.
    fn check_shape(svg: &str) -> Result<(), String> {
        let mut open = Vec::new();
        let mut rest = svg;
        while let Some(start) = rest.find('<') {
            let (text, tag) = rest.split_at(start);
            check_text(text)?;
            let end = tag.find('>').ok_or("a tag has no end")?;
            let inside = &tag[1..end];
            rest = &tag[end + 1..];
            if let Some(name) = inside.strip_prefix('/') {
                (open.pop() == Some(name)).then_some(()).ok_or(format!("{name} closes something else"))?;
                continue;
            }
            let (inside, empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
            let (name, mut attributes) = inside.split_once(' ').unwrap_or((inside, ""));
            while !attributes.trim().is_empty() {
                let (attribute, value) =
                    attributes.trim().split_once("=\"").ok_or(format!("{attributes} is no attribute"))?;
                let (value, after) = value.split_once('"').ok_or("a quote is open")?;
                check_text(value)?;
                if !attribute.chars().all(|c| c.is_ascii_alphabetic() || c == '-') || attribute.starts_with("on") {
                    return Err(format!("{attribute} has no place in an icon"));
                }
                attributes = after;
            }
            if !["svg", "title", "rect", "g", "path", "text"].contains(&name) {
                return Err(format!("{name} has no place in an icon"));
            }
            if !empty {
                open.push(name);
            }
        }
        if open.is_empty() && rest.is_empty() { Ok(()) } else { Err(format!("{open:?} is left open before {rest:?}")) }
    }

    fn check_text(text: &str) -> Result<(), String> {
        for (at, _) in text.match_indices('&') {
            let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
            if !known.iter().any(|entity| text[at..].starts_with(entity)) {
                return Err(format!("a bare & in {text:?}"));
            }
        }
        if text.contains("url(") || text.contains("javascript:") {
            Err(format!("a reference in {text:?}"))
        } else {
            Ok(())
        }
    }

    #[test]
    fn every_icon_is_one_closed_drawing_without_scripts_or_references() {
        for manifest in catalogue::all() {
            let svg = svg(manifest);
            check_shape(&svg).unwrap_or_else(|problem| panic!("{}: {problem}\n{svg}", manifest.key));
            assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\""), "{svg}");
        }
    }

    #[test]
    fn the_reader_of_shapes_refuses_what_it_should() {
        for wrong in [
            "<svg>",
            "<svg></g>",
            "<svg/>x",
            "<svg a=1/>",
            "<svg onload=\"x\"/>",
            "<script/>",
            "<svg>&</svg>",
            "<svg fill=\"url(x)\"/>",
        ] {
            assert!(check_shape(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_known_brand_shows_its_mark_and_an_unknown_one_its_monogram() {
        let slack = svg(&named("slack"));
        assert!(slack.contains("<path ") && !slack.contains("<text "), "{slack}");
        assert!(slack.contains("fill=\"#4a154b\"") && slack.contains("<title>Slack</title>"), "{slack}");
        let azure = svg(&named("vsts"));
        assert!(azure.contains(">Az</text>") && !azure.contains("<path "), "{azure}");
        let marks = ["circleci", "figma", "github", "jira", "postgres", "sentry"];
        assert!(marks.iter().all(|key| mark(key).is_some()));
    }

    #[test]
    fn the_mark_is_white_unless_the_ground_is_too_light_for_it() {
        assert!(svg(&named("github")).contains("<g fill=\"#ffffff\""));
        assert!(svg(&named("backstage")).contains("<g fill=\"#000000\""));
        for manifest in catalogue::all() {
            let ground = rgb(&manifest.color).unwrap();
            let ink = if svg(manifest).contains("fill=\"#ffffff\"") { [255; 3] } else { [0; 3] };
            assert!(contrast(ground, ink) >= CONTRAST, "{}", manifest.key);
        }
        assert_eq!(contrast([0; 3], [255; 3]), 21.0);
    }

    #[test]
    fn a_name_or_colour_from_elsewhere_cannot_break_out_of_the_drawing() {
        let mut manifest = named("vsts");
        manifest.name = "\"/><script>alert('&')</script>\u{1}".into();
        manifest.monogram = "<>&".into();
        manifest.color = "#\"onloa".into();
        let svg = svg(&manifest);
        check_shape(&svg).unwrap();
        assert!(svg.contains("&quot;/&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"), "{svg}");
        assert!(svg.contains(">&lt;&gt;</text>") && svg.contains("fill=\"#5b6470\""), "{svg}");
    }
}
