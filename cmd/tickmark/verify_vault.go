package main

import (
	"fmt"
	"slices"

	"tickmark/engine/kube"
	"tickmark/reports/comparison"
)

// printVault prints how a report compares with a vault.
func (d *door) printVault(form *comparison.Comparison) {
	if form == nil {
		return
	}
	for _, s := range form.Signatories {
		fmt.Fprintf(d.out, "vault: %s\n", kube.Printable(s.Line()))
	}
	for _, line := range slices.Concat(form.Different, form.Notes) {
		fmt.Fprintf(d.out, "vault: %s\n", kube.Printable(line))
	}
	if form.Matches {
		fmt.Fprintf(d.out, "vault: answers, evidence and head match; %s came after\n", counted(form.After, "entry", "entries"))
	}
	if form.Head != "" && form.Now != "" {
		fmt.Fprintf(d.out, "vault: the report's head is %s\nvault: the head now is     %s\n", form.Head, form.Now)
	}
}
