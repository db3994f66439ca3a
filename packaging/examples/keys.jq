# A JSON Web Key Set (RFC 7517): each key is a record.
{records: .body.keys}
