package kube

import "tickmark/engine/redaction"

// Printable makes outside text safe to stand on one line, as redaction.Printable does.
func Printable(s string) string { return redaction.Printable(s) }
