package checks

import (
	"fmt"
	"strings"

	"tickmark/engine"
)

// Markdown writes the registry as a page of documentation: one section per
// check, in the order given. The same checks give the same bytes.
func Markdown(checks []engine.Check) string {
	var b strings.Builder
	b.WriteString("# The built-in checks\n\n")
	fmt.Fprintf(&b, "Generated from the registry: %s. `tickmark checks explain ID` shows one of them.\n\n", count(len(checks), "check"))
	b.WriteString("| check | area | where it passes |\n|---|---|---|\n")
	for _, c := range checks {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", c.ID, c.ID, c.Area, strings.ReplaceAll(c.Words.Title, "|", `\|`))
	}
	for _, c := range checks {
		needs := make([]string, len(c.Needs))
		for i, k := range c.Needs {
			needs[i] = k.String()
		}
		fmt.Fprintf(&b, "\n## %s\n\n**%s.** Version %d, area %s.\n\n", c.ID, c.Words.Title, c.Version, c.Area)
		fmt.Fprintf(&b, "Why: %s\n\nWhat is looked at: %s\n\nPut right: %s\n\n", c.Words.Rationale, c.Words.How, c.Words.Remediation)
		fmt.Fprintf(&b, "Without these kinds it is unknown: %s.\n", strings.Join(needs, ", "))
	}
	return b.String()
}
