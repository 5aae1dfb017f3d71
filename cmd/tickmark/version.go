package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/engine/redaction"
)

func (d *door) versionVerb() *cobra.Command {
	var format string
	verb := &cobra.Command{
		Use: "version", Short: "Which Tickmark this is", Args: cobra.NoArgs,
		Example: "  tickmark version -o json",
		RunE: func(*cobra.Command, []string) error {
			if format == "json" {
				return json.NewEncoder(d.out).Encode(map[string]string{
					"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
					"canonical": kube.CanonicalVersion, "redaction": redaction.Version, "standard": "PCI DSS v4.0.1",
				})
			}
			fmt.Fprintf(d.out, "tickmark %s (%s, %s/%s), PCI DSS v4.0.1\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	outputFlag(verb, &format)
	return verb
}
