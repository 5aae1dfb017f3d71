package checks

import (
	"strings"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

var redactionForm = engine.Late(`\[redacted:[^\]]{0,64}\]`)

// redactions returns the marks in a value: what a result may repeat of it.
func redactions(value string) []string { return redactionForm().FindAllString(value, -1) }

// holdsSecret reports whether a value under a name is a secret as far as can be
// told: the collector redacted it, or the name says so and something stands there
// that is neither a switch nor a reference to another variable.
func holdsSecret(name, value string) bool {
	return strings.Contains(value, redaction.Mark) || redaction.Secret(name, value)
}
