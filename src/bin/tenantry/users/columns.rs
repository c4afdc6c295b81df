//! Which columns hold what.

use std::str::FromStr;

use tenantry::backfill::Column;

use super::ReadError;

/// The column of each field of a user; none for a field that the source does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns([Option<String>; 5]);

/// The fields in the order of [`Columns`]: what they are called on the command line, and the column
/// that each is read from by default.
const FIELDS: [(&str, &str, Column); 5] = [
    ("id", "id", Column::Key),
    ("username", "username", Column::Username),
    ("name", "business_name", Column::Name),
    ("domain", "business_domain", Column::Domain),
    ("plan", "tier", Column::Plan),
];

impl Default for Columns {
    fn default() -> Self {
        Self(FIELDS.map(|(_, column, _)| Some(column.to_owned())))
    }
}

impl Columns {
    /// Each field with the name of its column.
    pub(super) fn named(&self) -> [(Column, Option<&str>); 5] {
        std::array::from_fn(|field| (FIELDS[field].2, self.0[field].as_deref()))
    }

    /// Where each field stands among `found`, the columns that the source has.
    pub(super) fn places<S: AsRef<str>>(
        &self,
        found: &[S],
    ) -> Result<[(Column, Option<usize>); 5], ReadError> {
        let mut places = self.named().map(|(field, _)| (field, None));
        for (number, (_, name)) in self.named().into_iter().enumerate() {
            let Some(name) = name else { continue };
            let mut at = found.iter().enumerate().filter(|(_, found)| found.as_ref() == name);
            match (at.next(), at.next()) {
                (Some((at, _)), None) => places[number].1 = Some(at),
                (None, _) => return Err(missing(number, name, found)),
                (Some(_), Some(_)) => {
                    return Err(ReadError::RepeatedColumn { column: name.to_owned() });
                }
            }
        }
        Ok(places)
    }

    /// The error that a column stands nowhere.
    pub(super) fn missing<S: AsRef<str>>(&self, field: Column, found: &[S]) -> ReadError {
        let number = FIELDS.iter().position(|(_, _, column)| *column == field).unwrap_or(0);
        missing(number, self.0[number].as_deref().unwrap_or_default(), found)
    }
}

fn missing<S: AsRef<str>>(field: usize, column: &str, found: &[S]) -> ReadError {
    let mut found: Vec<_> = found.iter().map(|found| format!("{:?}", found.as_ref())).collect();
    if found.len() > 30 {
        found.truncate(30);
        found.push("...".to_owned());
    }
    ReadError::MissingColumn {
        column: column.to_owned(),
        field: FIELDS[field].0,
        found: found.join(", "),
    }
}

impl FromStr for Columns {
    type Err = String;

    /// `id=pk,name=company,plan=`
    fn from_str(text: &str) -> Result<Self, String> {
        let mut columns = Self::default();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let (field, column) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?} is not of the form FIELD=COLUMN"))?;
            let number = FIELDS
                .iter()
                .position(|(name, ..)| *name == field.trim())
                .ok_or_else(|| format!("{field:?} is none of id, username, name, domain, plan"))?;
            let column = Some(column).filter(|column| !column.is_empty());
            if number == 0 && column.is_none() {
                return Err("every user needs an id".to_owned());
            }
            columns.0[number] = column.map(str::to_owned);
        }
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_those_that_differ_and_keeps_the_rest() {
        let columns: Columns = "id=pk,plan=".parse().unwrap();
        assert_eq!(columns.0[0].as_deref(), Some("pk"));
        assert_eq!(columns.0[2].as_deref(), Some("business_name"));
        assert_eq!(columns.0[4], None);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in ["id", "key=pk", "id="] {
            assert!(text.parse::<Columns>().is_err(), "{text}");
        }
    }
}
