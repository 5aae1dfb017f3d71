package kube

import "tickmark/engine/redaction"

// Printable makes outside text safe to stand on one line, as redaction.Printable does.
func Printable(s string) string { return redaction.Printable(s) }

// line makes what a server, a program or a file's name says safe to stand on one line.
func line(s string) string { return redaction.Line(s) }
