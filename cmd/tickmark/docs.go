package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"tickmark/questionnaires/pci"
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
	verb.AddCommand(&cobra.Command{
		Use: "coverage", Short: "Print which checks inform which requirement", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return d.coverageReference() },
	})
	return verb
}

// coverageReference prints docs/coverage.md.
func (d *door) coverageReference() error {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	fmt.Fprint(d.out, `# What the evidence speaks to

Written by `+"`tickmark docs coverage`"+` from the catalogue: per requirement and testing procedure, the checks that inform it.
A direct link answers the procedure; a partial link answers the part that is named. Only these two support or contradict
an answer. A population lists what has to be sampled, and a lead is worth a look. A requirement that is not listed is
informed by no check: it is for documents, interviews and observation.
`)
	for _, r := range catalogue.Requirements() {
		if len(r.InformedBy) == 0 {
			continue
		}
		fmt.Fprintf(d.out, "\n## %s %s\n\n| procedure | check | link | why |\n|---|---|---|---|\n", r.ID, r.Title)
		for _, l := range r.InformedBy {
			class := l.Class.String()
			if l.Part != "" {
				class += ": " + l.Part
			}
			if l.Beside != "" {
				class += "; counts beside a pass of " + l.Beside
			}
			fmt.Fprintf(d.out, "| %s | %s | %s | %s |\n", l.Procedure, l.Check, class, l.Why)
		}
	}
	return nil
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
