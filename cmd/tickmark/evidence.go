package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/reports/bundle"
	"tickmark/vault"
)

func (d *door) evidenceVerb() *cobra.Command {
	verb := &cobra.Command{Use: "evidence VAULT list|show|describe|release|export|expunge", Short: "The evidence, raw and with its provenance"}
	actionsOf(verb, d.evidenceListVerb(), d.evidenceShowVerb(), d.evidenceDescribeVerb(), d.evidenceReleaseVerb(), d.evidenceExportVerb(), d.evidenceExpungeVerb())
	return verb
}

func (d *door) evidenceListVerb() *cobra.Command {
	var o opening
	var format string
	var all bool
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the evidence: the newest result per target and check, and every file", Args: cobra.ExactArgs(1),
		Example: "  tickmark evidence shop.vault list",
		RunE: func(cmd *cobra.Command, args []string) error {
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			accepted, err := history.Acceptances()
			if err != nil {
				return err
			}
			limits, err := limitsOf(history, o)
			if err != nil {
				return err
			}
			today := questionnaires.DayOf(d.now())
			items := history.EvidenceAsNumbered()
			if !all {
				items = questionnaires.Latest(items)
			}
			if format == "json" {
				rows := make([]evidenceRow, len(items))
				for i, item := range items {
					rows[i] = evidenceRow{
						Evidence: item, Label: item.Label(), Aliases: item.AliasLabels(), Expunged: tombstoneOf(item), Quarantined: item.Quarantined(), Searched: item.SearchState(),
						Freshness: limits.Evidence(item, today).String(), FreshUntil: limits.Evidence(item, today).Until,
						Acceptances: d.acceptanceForms(history, questionnaires.AcceptancesOf(item.Result, accepted)),
					}
				}
				return json.NewEncoder(d.out).Encode(rows)
			}
			w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
			for _, item := range items {
				what, from := stateOf(item), ""
				if item.Result != nil {
					from = item.Result.Name
				} else if item.File != nil {
					from = item.File.Name
				}
				title := kube.Printable(item.Title) + acceptedMark(item.Result, accepted, d.now())
				if f := limits.Evidence(item, today).String(); f != "" && item.Expunged == nil {
					title += "  ⏱ " + f
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", item.Label(), item.Collected.UTC().Format(time.DateTime), what, kube.Printable(from), title)
			}
			return w.Flush()
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().BoolVar(&all, "all", false, "earlier results too")
	return verb
}

// limitsOf are the limits of freshness of the assessment that is meant, and of the vault
// where it holds several and none is named.
func limitsOf(h *questionnaires.History, o opening) (questionnaires.FreshnessLimits, error) {
	id, err := h.Choose(o.assessment)
	if err != nil && o.assessment != "" {
		return nil, err
	}
	return h.FreshnessLimits(id)
}

// stateOf is what a list says of an item in a word: its verdict, what sort of file it
// is, or that it is gone.
func stateOf(item questionnaires.Evidence) string {
	switch {
	case item.Expunged != nil:
		return "expunged"
	case item.Result != nil:
		return verdictMark(item)
	case item.Quarantined():
		return "! quarantined " + item.Kind.Noun()
	}
	return item.Kind.Noun()
}

// evidenceRow is one item of `evidence list -o json`.
type evidenceRow struct {
	questionnaires.Evidence
	Label    string         `json:"label"`
	Aliases  []string       `json:"aliases"`
	Expunged *tombstoneForm `json:"expunged,omitempty"`
	// Quarantined says that something was found in it and nobody decided yet, Searched how
	// much of it was searched.
	Quarantined bool                       `json:"quarantined,omitempty"`
	Searched    questionnaires.SearchState `json:"searched,omitzero"`
	// FreshUntil is the last day on which it counts, Freshness what has to be said of that.
	FreshUntil questionnaires.Day `json:"freshUntil,omitempty"`
	Freshness  string             `json:"freshness,omitempty"`
	// Acceptances of the result, whatever became of them.
	Acceptances []acceptanceForm `json:"acceptances,omitempty"`
}

// evidenceForm is one item with everything it says.
type evidenceForm struct {
	questionnaires.Evidence
	Label    string         `json:"label"`
	Aliases  []string       `json:"aliases"`
	Expunged *tombstoneForm `json:"expunged,omitempty"`

	Quarantined bool                       `json:"quarantined,omitempty"`
	Searched    questionnaires.SearchState `json:"searched,omitzero"`

	Result   *engine.Result   `json:"evaluated,omitempty"`
	Snapshot *engine.Snapshot `json:"provenance,omitempty"`

	Acceptances []acceptanceForm `json:"acceptances,omitempty"`
}

func (d *door) evidenceShowVerb() *cobra.Command {
	var o opening
	var format string
	var raw, quarantined bool
	verb := &cobra.Command{
		Use: "show VAULT Evidence-N", Short: "Show one item: what it says of each subject, and where it came from", Args: cobra.ExactArgs(2),
		Example: "  tickmark evidence shop.vault show Evidence-17\n  tickmark evidence shop.vault show Evidence-17 --raw",
		Long: `Shows one item of evidence: what it says of each subject, and where it came from.
With --raw, the file or the documents themselves: byte for byte into a pipe, and on
a terminal without what would steer it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.readOnly = true
			v, item, err := d.item(cmd, args[0], args[1], o)
			if err != nil {
				return err
			}
			defer v.Close()
			if raw && item.Quarantined() && !quarantined {
				return quarantineError(item)
			}
			if raw {
				return exportItem(cmd, v, item, d.harmless(d.out))
			}
			h, err := v.History(cmd.Context())
			if err != nil {
				return err
			}
			accepted, err := h.Acceptances()
			if err != nil {
				return err
			}
			form := evidenceForm{
				Evidence: item, Label: item.Label(), Aliases: item.AliasLabels(), Expunged: tombstoneOf(item), Quarantined: item.Quarantined(), Searched: item.SearchState(),
				Acceptances: d.acceptanceForms(h, questionnaires.AcceptancesOf(item.Result, accepted)),
			}
			if item.Result != nil {
				result := item.Result.WithoutDetails()
				if item.Expunged == nil {
					if result, err = item.Result.Read(v.Documents(cmd.Context())); err != nil {
						return err
					}
				}
				snapshot, err := v.Snapshot(cmd.Context(), item.Result.Snapshot)
				if err != nil {
					return err
				}
				snapshot.Entries = nil // those of a whole cluster are not the provenance of one result
				form.Result, form.Snapshot = &result, &snapshot
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(form)
			}
			d.printEvidence(form, h)
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().BoolVar(&raw, "raw", false, "the file or the documents themselves")
	quarantinedFlag(verb, &quarantined)
	return verb
}

// item opens a vault and finds one item of evidence.
func (d *door) item(cmd *cobra.Command, path, label string, o opening) (*vault.Vault, questionnaires.Evidence, error) {
	v, a, err := d.chosen(cmd.Context(), path, o)
	if err != nil {
		return nil, questionnaires.Evidence{}, err
	}
	item, err := a.EvidenceByLabel(label)
	if err != nil {
		_ = v.Close()
		return nil, item, err
	}
	return v, item, nil
}

func (d *door) printEvidence(f evidenceForm, h *questionnaires.History) {
	fmt.Fprintf(d.out, "%s  %s\n\n", f.Label, kube.Printable(f.Title))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(d.out, "%-11s %s\n", name, kube.Printable(value))
		}
	}
	row("once", strings.Join(f.Aliases, ", "))
	row("expunged", expungedLine(f.Evidence))
	row("collected", f.Collected.UTC().Format(time.RFC3339))
	row("sha-256", f.Digest().String())
	if f.File != nil {
		row("file", fmt.Sprintf("%s, %d bytes", f.File.Name, f.File.Size))
		row("obtained", string(f.File.Obtained))
		for _, fact := range f.Facts() {
			row(fact.Name, fact.Text)
		}
		if f.Evidence.Expunged == nil {
			row("search", f.SearchWords())
		}
		if o := f.Original; o != nil {
			row("original", fmt.Sprintf("%s, %d bytes, SHA-256 %s%s", o.Name, o.Size, o.Digest, goneOf(h, o.Digest)))
		}
		row("stale", f.StaleOn(questionnaires.DayOf(d.now())))
	}
	if f.Snapshot == nil {
		return
	}
	s := f.Snapshot
	row("target", s.Target.Name+" ("+s.Target.ID+")")
	row("server", s.Target.ServerVersion)
	row("collector", s.Collector.Name)
	row("tool", s.Tool.Name+" "+s.Tool.Version+", canonical form "+s.Canonical+", redaction "+s.Redaction)
	row("check", fmt.Sprintf("%s, version %d", f.Result.Check, f.Result.Version))
	if f.Result.Custom != nil {
		row("policy", "text "+f.Result.Custom.Definition.String())
		for _, standard := range slices.Sorted(maps.Keys(f.Result.Custom.Informs)) {
			row("informs", standard+" "+strings.Join(f.Result.Custom.Informs[standard], "; "))
		}
	}
	row("verdict", f.Result.Verdict.String())
	fmt.Fprintln(d.out)
	for _, detail := range f.Result.Details {
		fmt.Fprintf(d.out, "%-15s %s: %s\n", detail.Verdict, kube.Printable(detail.Subject.String()), kube.Printable(detail.Sentence))
		if detail.Field != "" {
			fmt.Fprintf(d.out, "%-15s %s = %s\n", "", kube.Printable(detail.Field), kube.Printable(string(detail.Value)))
		}
		for _, a := range f.Acceptances {
			if a.Meant(f.Result.Key(detail)) {
				fmt.Fprintf(d.out, "%-15s %s: %s\n", "", a.State, kube.Printable(a.Acceptance.String()))
			}
		}
		for _, digest := range detail.Cites {
			if t, gone := h.Tombstone(digest); gone {
				fmt.Fprintf(d.out, "%-15s document %s was %s\n", "", digest.Short(), kube.Printable(t.String()))
			}
		}
	}
}

func (d *door) evidenceExportVerb() *cobra.Command {
	var o opening
	var out string
	var quarantined bool
	verb := &cobra.Command{
		Use: "export VAULT Evidence-N -o FILE", Short: "Write an item in the clear: a file as it was, a result as JSON with its documents", Args: cobra.ExactArgs(2),
		Example: "  tickmark evidence shop.vault export Doc-3 -o standard.pdf",
		Long:    "Writes one item of evidence outside the vault, unencrypted, because you asked for it.\nFILE must not exist; `-` is the standard output.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usagef("export %s: -o FILE is needed", args[1])
			}
			o.readOnly = true
			v, item, err := d.item(cmd, args[0], args[1], o)
			if err != nil {
				return err
			}
			defer v.Close()
			if item.Quarantined() && !quarantined {
				return quarantineError(item)
			}
			if out == "-" {
				return exportItem(cmd, v, item, d.out)
			}
			f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return fmt.Errorf("export %s: %w", args[1], err)
			}
			err = exportItem(cmd, v, item, f)
			if closing := f.Close(); err == nil {
				err = closing
			}
			if err != nil {
				_ = os.Remove(out)
			}
			return err
		},
	}
	o.flags(verb)
	verb.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write")
	quarantinedFlag(verb, &quarantined)
	return verb
}

func exportItem(cmd *cobra.Command, v *vault.Vault, item questionnaires.Evidence, w io.Writer) error {
	if item.Expunged != nil {
		return fmt.Errorf("export %s: it was %s", item.Label(), item.Expunged)
	}
	if item.File != nil {
		r, err := v.OpenEvidence(cmd.Context(), item.File.Digest)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(w, r)
		return err
	}
	h, err := v.History(cmd.Context())
	if err != nil {
		return err
	}
	raw, err := bundle.ResultOf(cmd.Context(), v, h, item)
	if err == nil {
		raw, err = raw.WithDocuments(cmd.Context(), v)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(raw)
}
