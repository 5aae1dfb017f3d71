package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/reports"
	"tickmark/reports/export"
	"tickmark/reports/printer"
)

// exporting is in which format a report is written.
type exporting struct{ format, table string }

func (e *exporting) flags(cmd *cobra.Command) {
	names := make([]string, len(export.Formats()))
	for i, f := range export.Formats() {
		names[i] = f.String()
	}
	cmd.Flags().StringVar(&e.format, "format", "", "`FORMAT` is one of "+strings.Join(names, ", ")+" (default: the file's ending, else pdf)")
	cmd.Flags().StringVar(&e.table, "table", "", "`TABLE` of csv: one of "+strings.Join(export.Tables(), ", ")+" (default: "+export.Tables()[0]+")")
}

// read chooses the format of a request, and refuses what does not go together.
func (e exporting) read(p printing, r *printer.Request) error {
	ending, known := export.FormatOf(r.Out)
	r.Export.Format = ending
	if e.format != "" {
		format, err := export.ParseFormat(e.format)
		if err != nil {
			return usagef("report: --format %w", err)
		}
		json := ending == export.JSON && (format == export.SARIF || format == export.OSCAL) // SARIF and OSCAL are JSON too
		if known && format != ending && !json {
			return withHint(usagef("report: --format %s and a file that ends with %s", format, ending.Ending()), "name a file that ends with "+format.Ending())
		}
		r.Export.Format = format
	} else if other := filepath.Ext(r.Out); other != "" && !known {
		return withHint(usagef("report: a file that ends with %q is of no format that is written here", other), "--format says which is meant")
	}
	if r.Kind == reports.Transfer && r.Export.Format != export.XLSX {
		return withHint(usagef("report: --kind transfer is a workbook, not %s", r.Export.Format), "name a file that ends with "+export.XLSX.Ending())
	}
	if given := p.pen.given(p.given); given != "" && r.Export.Format != export.PDF {
		return usagef("report: only a PDF has %s, not %s", given, r.Export.Format)
	}
	for _, flag := range []string{"paper", "bundle"} {
		if r.Export.Format != export.PDF && p.given(flag) {
			return usagef("report: only a PDF has --%s, not %s", flag, r.Export.Format)
		}
	}
	if e.table != "" && r.Export.Format != export.CSV {
		return usagef("report: --table is of csv, not %s", r.Export.Format)
	}
	if e.table != "" && !slices.Contains(export.Tables(), e.table) {
		return usagef("report: --table %q: want one of %s", e.table, strings.Join(export.Tables(), ", "))
	}
	r.Export.Table = e.table
	var err error
	r.Export.Checks, err = chosen{}.registry()
	return err
}
