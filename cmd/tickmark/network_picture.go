package main

import (
	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

func (d *door) networkPictureVerb() *cobra.Command {
	var s source
	var cde, connections []string
	verb := &cobra.Command{
		Use: "picture matrix|graph PATH... | --context C", Short: "Draw who can reach whom as SVG", Args: cobra.MinimumNArgs(1),
		Long: `Prints a picture that any browser shows. The matrix shows namespaces by namespaces: a row
sends, a column receives, and the cardholder data environment is framed. The graph shows
what crosses the edge of the cardholder data environment: who may reach it, and what it
may reach; with --connection what was declared and what was not. Both are in the report
of a vault. What is not evaluated is named on the error output, and ends with 3.`,
		Example: "  tickmark network picture matrix manifests/ --cde 'pay,pay-*' >matrix.svg\n  tickmark network picture graph --context prod --cde pay >edge.svg",
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] != "matrix" && args[0] != "graph" {
				return usagef("network picture %q: it is matrix or graph", args[0])
			}
			declared, err := declarationsOf("network picture", connections)
			if err != nil {
				return err
			}
			scope := questionnaires.Scope{Connections: declared}
			if len(cde) > 0 {
				scope.Zones = map[string][]engine.Selector{questionnaires.CardholderData: selectorsOf(cde)}
			}
			n, err := d.networkOf(cmd.Context(), "network picture", s, args[1:])
			if err != nil {
				return err
			}
			if len(n.analyses) > 1 {
				return usagef("network picture: name one cluster")
			}
			return d.drawNetwork(n, args[0], scope.Params(d.now()))
		},
	}
	s.flags(verb)
	connectionFlag(verb, &connections)
	verb.Flags().StringSliceVar(&cde, "cde", nil, "`NAMESPACE` of the cardholder data environment (repeatable)")
	return verb
}

func (d *door) drawNetwork(n *networks, what string, params engine.Params) error {
	segments := reports.SegmentsOf(n.analyses[0], n.snapshots[0].Target, params)
	drawing, title := segments.MatrixDrawing(), "Who can reach whom, namespace by namespace. "+segments.MatrixCaption()
	if what == "graph" {
		if len(params.Zones) == 0 {
			return usagef("network picture graph: name the cardholder data environment with --cde")
		}
		drawing, title = segments.GraphDrawing(), "What crosses the edge of the cardholder data environment"
	}
	if err := reports.SVG(d.out, drawing, title); err != nil {
		return err
	}
	gaps := gapForms(n.gaps())
	d.printUnknown(gaps)
	if len(gaps) > 0 {
		return errAttention
	}
	return nil
}
