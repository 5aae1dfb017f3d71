package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// evidenceWords are what the command line says of a file.
type evidenceWords struct {
	title, obtained, purpose, version, sample         string
	collected, received, revised, effective, validity string
	requirements, topics, roles                       []string
}

func (w *evidenceWords) flags(verb *cobra.Command) {
	f := verb.Flags()
	f.StringSliceVar(&w.requirements, "requirement", nil, "`REQUIREMENT` it serves (repeatable)")
	f.StringVar(&w.title, "title", "", "what it is (default: the file's name)")
	f.StringVar(&w.obtained, "obtained", "", "`HOW`: taken by the assessor, watched live, or provided by the entity")
	f.StringVar(&w.collected, "collected", "", "`DAY` it came to be (default: the day it was received, or today)")
	f.StringVar(&w.received, "received", "", "`DAY` it was received from the entity")
	f.StringVar(&w.effective, "effective", "", "`FROM..TO`, the days that what it shows is about; either may be left out")
	f.StringVar(&w.validity, "valid-until", "", "last `DAY` on which it counts")
	f.StringVar(&w.purpose, "purpose", "", "what a document is for")
	f.StringVar(&w.version, "version", "", "version of a document")
	f.StringVar(&w.revised, "revised", "", "`DAY` of a document's last revision")
	f.StringArrayVar(&w.topics, "topic", nil, "what was spoken about or watched (repeatable)")
	f.StringArrayVar(&w.roles, "role", nil, "role of one who was interviewed or watched (repeatable)")
	f.StringVar(&w.sample, "sample", "", "`Set-N` that it shows, if it shows a sample set")
	ways := make([]string, 0, 3)
	for _, o := range questionnaires.WaysObtained() {
		ways = append(ways, string(o))
	}
	_ = verb.RegisterFlagCompletionFunc("obtained", cobra.FixedCompletions(ways, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
}

// change gives a description what the flags say. What no flag says stays; an empty value
// takes it away.
func (w evidenceWords) change(cmd *cobra.Command, d *questionnaires.EvidenceDescription) error {
	given := func(flag string) bool { return cmd.Flags().Changed(flag) }
	for flag, text := range map[string]struct {
		from string
		into *string
	}{"title": {w.title, &d.Title}, "purpose": {w.purpose, &d.Details.Purpose}, "version": {w.version, &d.Details.Version}} {
		if given(flag) {
			*text.into = strings.TrimSpace(text.from)
		}
	}
	if given("topic") {
		d.Details.Topics = withoutBlanks(w.topics)
	}
	if given("role") {
		d.Details.Roles = withoutBlanks(w.roles)
	}
	if given("obtained") {
		var err error
		if d.Obtained, err = questionnaires.ParseObtained(w.obtained); err != nil {
			return usageError{err}
		}
	}
	if given("requirement") {
		d.Requirements = nil
		for _, text := range withoutBlanks(w.requirements) {
			id, err := questionnaires.ParseRequirementID(text)
			if err != nil {
				return usageError{err}
			}
			d.Requirements = append(d.Requirements, id)
		}
	}
	return w.days(given, d)
}

// days takes the days, which are kept apart.
func (w evidenceWords) days(given func(string) bool, d *questionnaires.EvidenceDescription) error {
	from, to := "", ""
	if given("effective") && w.effective != "" {
		var both bool
		if from, to, both = strings.Cut(w.effective, ".."); !both {
			return usagef("--effective %s: want FROM..TO, such as 2026-01-01..2026-12-31", w.effective)
		}
	}
	var collected questionnaires.Day
	for _, day := range []struct {
		flag, from string
		into       *questionnaires.Day
	}{
		{"received", w.received, &d.Details.Received},
		{"valid-until", w.validity, &d.Details.ValidUntil},
		{"revised", w.revised, &d.Details.Revised},
		{"effective", from, &d.Details.From},
		{"effective", to, &d.Details.To},
		{"collected", w.collected, &collected},
	} {
		if !given(day.flag) {
			continue
		}
		*day.into = ""
		if text := strings.TrimSpace(day.from); text != "" {
			var err error
			if *day.into, err = questionnaires.ParseDay(text); err != nil {
				return usageError{fmt.Errorf("--%s: %w", day.flag, err)}
			}
		}
	}
	if collected != "" {
		d.CollectOn(collected)
	}
	return nil
}

// inVault holds the words against the vault: requirements that there are not are refused,
// and the sample set that is named, which is of one assessment, is found.
func (w evidenceWords) inVault(cmd *cobra.Command, h *questionnaires.History, assessment string, ids []questionnaires.RequirementID, d *questionnaires.EvidenceDetails) error {
	if cmd.Flags().Changed("requirement") {
		standard, err := pci.Catalogue()
		if err == nil {
			err = h.CheckServed(standard, ids)
		}
		if err != nil {
			return err
		}
	}
	if !cmd.Flags().Changed("sample") {
		return nil
	}
	if d.Sample = ""; w.sample == "" {
		return nil
	}
	a, err := assessmentIn(h, assessment)
	if err != nil {
		return err
	}
	s, err := a.SampleByLabel(w.sample)
	d.Sample = s.ID
	return err
}

func withoutBlanks(texts []string) []string {
	var all []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, text)
		}
	}
	return all
}

func (d *door) evidenceDescribeVerb() *cobra.Command {
	var o opening
	var w evidenceWords
	verb := &cobra.Command{
		Use: "describe VAULT Doc-N", Short: "Correct what is said of a file: its title, how it was obtained, its days", Args: cobra.ExactArgs(2),
		Long: `Corrects what is said of a file, of a document or of notes. What no flag names keeps
its value; an empty value takes it away. The bytes, the kind and the number stay, and
so does what was said before, in the history. Without a flag it confirms the
description that is shown where several were written side by side.`,
		Example: "  tickmark evidence shop.vault describe Doc-3 --version 4.2 --revised 2026-03-01 --purpose 'Sets how segments are kept apart.'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.sign(cmd.Context(), args[0], o, func(h *questionnaires.History) (questionnaires.Draft, error) {
				item, err := h.EvidenceByLabel(args[1])
				if err != nil {
					return questionnaires.Draft{}, err
				}
				description := item.Description()
				if err := w.change(cmd, &description); err != nil {
					return questionnaires.Draft{}, err
				}
				if err := w.inVault(cmd, h, o.assessment, description.Requirements, &description.Details); err != nil {
					return questionnaires.Draft{}, fmt.Errorf("describe %s: %w", item.Label(), err)
				}
				return h.Describe(description, d.now())
			})
		},
	}
	o.flags(verb)
	w.flags(verb)
	return verb
}
