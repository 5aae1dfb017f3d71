package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"tickmark/engine/checks"
	"tickmark/questionnaires"
)

// thresholds are the flags of numbers by which evidence is judged.
type thresholds struct {
	limits               []string
	secretDays, scanDays int
}

func (t *thresholds) flags(verb *cobra.Command) {
	verb.Flags().StringSliceVar(&t.limits, "limit", nil, "`CHECK=N`: how many may do what a check counts, 3 where it is not said (repeatable)")
	verb.Flags().IntVar(&t.secretDays, "secret-days", 0, "`DAYS` that the values of a Secret may be old, 0 for 365")
	verb.Flags().IntVar(&t.scanDays, "scan-days", 0, "`DAYS` that what a scanner reports may be old, 0 for 92")
}

// into writes what was given over what stands.
func (t *thresholds) into(cmd *cobra.Command, of *questionnaires.Thresholds) error {
	if cmd.Flags().Changed("limit") {
		limits, err := questionnaires.ParseLimits(t.limits)
		if err == nil {
			err = limitable(limits)
		}
		if err != nil {
			return usagef("%s: %w", cmd.CommandPath(), err)
		}
		of.Limits = limits
	}
	if cmd.Flags().Changed("secret-days") {
		of.SecretDays = t.secretDays
	}
	if cmd.Flags().Changed("scan-days") {
		of.ScanDays = t.scanDays
	}
	if err := of.Check(); err != nil {
		return usagef("%s: %w", cmd.CommandPath(), err)
	}
	return nil
}

// limitable refuses limits of what is no check that counts.
func limitable(limits map[string]int) error {
	for _, check := range slices.Sorted(maps.Keys(limits)) {
		if !slices.Contains(checks.Limited(), check) {
			return withHint(fmt.Errorf("no check %q counts who may do something", check), "tickmark checks lists them: their ids end in -by-few")
		}
	}
	return nil
}
