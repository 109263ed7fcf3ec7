//! An explanation as text for people and as JSON for machines.
use super::{Explanation, Finding, fields::Field, fit::Fit};
use serde_json::{Value, json};
use std::fmt::Write;

/// As one JSON object.
pub(super) fn json(told: &Explanation) -> Value {
    let message = &told.message;
    let first = told.fits.first();
    json!({
        "form": message.form,
        "protocol": message.protocol.map(|protocol| protocol.name()),
        "direction": message.way.map(|way| way.name()),
        "interface": first.map(interface),
        "candidates": told.fits.iter().map(interface).collect::<Vec<_>>(),
        "fields": told.fields.iter().map(field).collect::<Vec<_>>(),
        "violations": message.violations.iter().map(finding).collect::<Vec<_>>(),
        "deviations": message.deviations.iter().map(finding).collect::<Vec<_>>(),
        "notes": message.notes,
    })
}

fn interface(fit: &Fit) -> Value {
    let mut told = fit.interface.json();
    told["side"] = fit.way.name().into();
    told["about"] = fit.interface.about.trim().into();
    told
}

fn field(field: &Field) -> Value {
    json!({
        "path": field.path,
        "name": field.name,
        "value": field.value,
        "valueName": field.value_name,
        "meaning": field.meaning,
        "unit": field.unit,
        "table": field.table,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({"path": finding.path, "kind": finding.kind, "problem": finding.what})
}

/// As lines.
pub(super) fn text(told: &Explanation) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_text(told, &mut out);
    out.truncate(out.trim_end().len());
    out
}

fn write_text(told: &Explanation, out: &mut String) -> std::fmt::Result {
    let message = &told.message;
    let form = if message.form.is_empty() {
        "a message"
    } else {
        message.form
    };
    writeln!(out, "{form}")?;
    match &told.fits[..] {
        [] => writeln!(out, "interface: not told by the message")?,
        [only] => writeln!(out, "interface: {}", line(only))?,
        several => {
            writeln!(
                out,
                "interface: {} fit equally; the fields are explained by the first (choose with \
                    --interface)",
                several.len()
            )?;
            for fit in several {
                writeln!(out, "  {}", line(fit))?;
            }
        }
    }
    if let Some(first) = told.fits.first() {
        writeln!(out, "direction: {}", first.way.name())?;
        writeln!(out, "about: {}", first.interface.about.trim())?;
    } else if let Some(way) = message.way {
        writeln!(out, "direction: {}", way.name())?;
    }
    writeln!(out, "\nfields:")?;
    for field in &told.fields {
        write!(out, "  {} = {}", field.path, field.value)?;
        if let Some(name) = &field.value_name {
            write!(out, " {name}")?;
        }
        match &field.meaning {
            Some(meaning) => write!(out, "  {meaning}")?,
            None => write!(out, "  not in the document")?,
        }
        if field.meaning.is_some() && !field.path.ends_with(&field.name) {
            write!(out, " [{}]", field.name)?;
        }
        if let Some(unit) = &field.unit {
            write!(out, " [unit: {unit}]")?;
        }
        match &field.table {
            Some(table) => writeln!(out, " [{table}]")?,
            None => writeln!(out)?,
        }
    }
    for (title, findings) in [
        ("violations", &message.violations),
        ("deviations", &message.deviations),
    ] {
        writeln!(
            out,
            "\n{title}:{}",
            if findings.is_empty() { " none" } else { "" }
        )?;
        for found in findings {
            let path = if found.path.is_empty() {
                "(message)"
            } else {
                &found.path
            };
            writeln!(out, "  {path}: {}", found.what)?;
        }
    }
    for note in &message.notes {
        writeln!(out, "\nnote: {note}")?;
    }
    Ok(())
}

fn line(fit: &Fit) -> String {
    let interface = fit.interface;
    let code = interface
        .code
        .map(|code| format!("{code} "))
        .unwrap_or_default();
    format!(
        "{} {code}{} {} ({}, {})",
        interface.protocol.name(),
        interface.name,
        interface.title,
        fit.way.name(),
        interface.direction()
    )
}
