package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/questionnaires/pci"
)

func (d *door) questionnaireVerb() *cobra.Command {
	verb := &cobra.Command{Use: "questionnaire", Short: "The questionnaires"}
	var format string
	list := &cobra.Command{
		Use: "list", Short: "List the questionnaires", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			catalogue, err := pci.Catalogue()
			if err != nil {
				return err
			}
			type line struct {
				Code         string `json:"code"`
				Title        string `json:"title"`
				Requirements int    `json:"requirements"`
			}
			var lines []line
			for _, q := range catalogue.Questionnaires() {
				lines = append(lines, line{q.Code, q.Title, len(q.Requirements)})
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(lines)
			}
			w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
			for _, l := range lines {
				fmt.Fprintf(w, "%s\t%d\t%s\n", l.Code, l.Requirements, l.Title)
			}
			return w.Flush()
		},
	}
	outputFlag(list, &format)
	verb.AddCommand(list, d.whichVerb())
	return verb
}
