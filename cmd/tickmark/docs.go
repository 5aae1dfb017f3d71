package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// docsVerb writes what the documentation takes from the program itself, so that
// neither can say something else.
func (d *door) docsVerb() *cobra.Command {
	verb := &cobra.Command{Use: "docs", Short: "Write man pages and the reference", Hidden: true}
	verb.AddCommand(&cobra.Command{
		Use: "man FOLDER", Short: "Write a man page per verb", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("write man pages: %w", err)
			}
			cmd.Root().DisableAutoGenTag = true
			return doc.GenManTree(cmd.Root(), &doc.GenManHeader{Title: "TICKMARK", Section: "1", Source: "Tickmark"}, args[0])
		},
	})
	verb.AddCommand(&cobra.Command{
		Use: "checks", Short: "Print the reference of the checks", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return d.checksReference() },
	})
	return verb
}

// checksReference prints docs/checks.md.
func (d *door) checksReference() error {
	forms, err := allChecks()
	if err != nil {
		return err
	}
	fmt.Fprint(d.out, "# The built-in checks\n\nWritten by `tickmark docs checks` from the registry. A check gives a verdict per subject;\nwhat could not be seen is unknown, never a pass.\n")
	for _, f := range forms {
		fmt.Fprintf(d.out, "\n## %s\n\n%s (%s, version %d)\n\n- Why: %s\n- How: %s\n- Mend: %s\n- Needs:", f.ID, f.Words.Title, f.Area, f.Version,
			f.Words.Rationale, f.Words.How, f.Words.Remediation)
		for _, kind := range f.Needs {
			fmt.Fprintf(d.out, " %s", kind)
		}
		fmt.Fprint(d.out, "\n- Informs:")
		for _, r := range f.Requirements {
			fmt.Fprintf(d.out, " %s (%s)", r.ID, r.Link)
		}
		fmt.Fprintln(d.out)
	}
	return nil
}
