//! Parameters as a form, which is what PHP receives and sends.
use park_core::{
    Rule, Violation, form,
    json::{
        lexer::{Lexer, members},
        quote,
    },
};

/// The members of an object as a form.
pub(super) fn to_form(json: &str) -> String {
    let mut text = String::new();
    // Our own encoder's.
    for (key, value) in members(json).map_while(Result::ok) {
        let value = match value.starts_with('"') {
            true => Lexer::new(value)
                .string()
                .map(|text| text.decode())
                .unwrap_or_default(),
            false => value.into(),
        };
        form::push(&key.decode(), &value, &mut text);
    }
    text
}

/// The pairs of a form; HTML and other text is none.
pub(super) fn from_form(text: &str) -> Result<Vec<(String, String)>, Violation> {
    match text {
        other if other.starts_with('<') || !other.contains('=') => Err(Violation::new(
            "",
            Rule::Syntax {
                problem: "neither a JSON object nor a form".to_owned(),
            },
        )),
        text => form::parse(text),
    }
}

/// The JSON object of these texts.
pub(super) fn object_of(pairs: &[(String, String)]) -> String {
    let mut json = String::from("{");
    for (name, value) in pairs {
        if json.len() > 1 {
            json.push(',');
        }
        quote(name, &mut json);
        json.push(':');
        quote(value, &mut json);
    }
    json.push('}');
    json
}
