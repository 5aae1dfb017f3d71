package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

func (d *door) retentionVerb() *cobra.Command {
	verb := &cobra.Command{
		Use: "retention VAULT show|set|hold|release|expunge", Short: "How long the workpapers are kept, by whom and where",
		Long: `Says how long the workpapers of an assessment are kept. Where a QSA took part they
are kept for three years after the issue unless a later day is set; else a day has to
be set. A legal hold keeps everything, whatever day has come.`,
	}
	actionsOf(verb, d.retentionShowVerb(), d.retentionSetVerb(), d.retentionHoldVerb(), d.retentionReleaseVerb(), d.retentionExpungeVerb())
	return verb
}

// keepingForm is the retention of one assessment in `retention show -o json`.
type keepingForm struct {
	Assessment questionnaires.ID  `json:"assessment"`
	Name       string             `json:"name"`
	Until      questionnaires.Day `json:"until,omitempty"`
	ByRule     bool               `json:"byRule,omitempty"`
	Why        string             `json:"why"`
	Custodian  string             `json:"custodian,omitempty"`
	Place      string             `json:"place,omitempty"`
	Protection string             `json:"protection,omitempty"`
	Attested   string             `json:"attested,omitempty"`
	Held       bool               `json:"held"`
	Holds      []holdForm         `json:"holds"`
	Conflicts  []string           `json:"conflicts,omitempty"`
}

type holdForm struct {
	On     bool      `json:"on"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Time   time.Time `json:"time"`
}

func formOfKeeping(k questionnaires.Keeping) keepingForm {
	form := keepingForm{
		Assessment: k.Assessment, Name: k.Name, Until: k.Until, ByRule: k.ByRule, Why: k.Why, Custodian: k.Custodian, Place: k.Place,
		Protection: k.Protection, Attested: k.Attested,
		Held: k.Held != nil, Holds: []holdForm{}, Conflicts: k.Conflicts,
	}
	for _, l := range k.Holds {
		form.Holds = append(form.Holds, holdForm{l.On, l.Reason, l.By.Name, l.Time})
	}
	return form
}

func (d *door) retentionShowVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "show VAULT [Evidence-N]...", Short: "Show how long each assessment, or an item, is kept", Args: cobra.MinimumNArgs(1),
		Long:    `Shows how long each assessment is kept, by whom and where. An item of evidence is kept as long as the assessment that it serves longest.`,
		Example: "  tickmark retention shop.vault show\n  tickmark retention shop.vault show Evidence-4",
		RunE: func(cmd *cobra.Command, args []string) error {
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			book, err := keptBook(history)
			if err != nil {
				return err
			}
			if len(args) > 1 {
				return d.printKept(history, book, args[1:])
			}
			if format == "json" {
				forms := []keepingForm{}
				for _, k := range book.Keepings() {
					forms = append(forms, formOfKeeping(k))
				}
				return json.NewEncoder(d.out).Encode(forms)
			}
			for _, k := range book.Keepings() {
				d.printKeeping(k)
			}
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

// keptBook is the retention of all that a vault holds.
func keptBook(history *questionnaires.History) (*questionnaires.KeptBook, error) {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	return history.Kept(catalogue)
}

func (d *door) printKeeping(k questionnaires.Keeping) {
	fmt.Fprintln(d.out, kube.Printable(k.Name))
	until := "no day"
	if k.Until != "" {
		until = "to the end of " + string(k.Until)
	}
	d.fact("kept", until, k.Why)
	d.fact("custodian", k.Custodian)
	d.fact("place", k.Place)
	d.fact("protected", k.Protection)
	d.fact("attested", k.Attested)
	for _, l := range k.Holds {
		what := "released"
		if l.On {
			what = "legal hold"
		}
		d.fact(what, l.String())
	}
	if k.Held != nil {
		d.fact("held", "nothing of it may go while it is under legal hold")
	}
	for _, conflict := range k.Conflicts {
		d.fact("conflict", conflict)
	}
}

func (d *door) retentionSetVerb() *cobra.Command {
	var o opening
	var until string
	var given questionnaires.Retention
	verb := &cobra.Command{
		Use: "set VAULT [--until DAY] [--custodian WHO] [--place WHERE]...", Short: "Say how long the workpapers are kept, by whom, where and how", Args: cobra.ExactArgs(1),
		Long: `Sets what the flags name; what no flag names stays. An empty --until goes back to the
rule. A Report on Compliance asks for all but the day.`,
		Example: "  tickmark retention shop.vault set --until 2029-12-31 --custodian 'Records office' --place 'Archive, shelf 12' \\\n" +
			"      --protection 'Sealed to two keepers' --attested 'Ines Okonjo'",
		RunE: func(cmd *cobra.Command, args []string) error {
			changed := cmd.Flags().Changed
			if !slices.ContainsFunc([]string{"until", "custodian", "place", "protection", "attested"}, changed) {
				return usagef("set retention: name --until, --custodian, --place, --protection or --attested")
			}
			day := questionnaires.Day("")
			if until != "" {
				var err error
				if day, err = questionnaires.ParseDay(until); err != nil {
					return usageError{fmt.Errorf("--until: %w", err)}
				}
			}
			return d.keep(cmd, args[0], o, func(a *questionnaires.Assessment, k questionnaires.Keeping) (questionnaires.Draft, error) {
				r := k.Retention
				if k.ByRule {
					r.Until = ""
				}
				if changed("until") {
					r.Until = day
				}
				for flag, text := range map[string][2]*string{
					"custodian": {&r.Custodian, &given.Custodian}, "place": {&r.Place, &given.Place},
					"protection": {&r.Protection, &given.Protection}, "attested": {&r.Attested, &given.Attested},
				} {
					if changed(flag) {
						*text[0] = strings.TrimSpace(*text[1])
					}
				}
				return a.SetRetention(r)
			})
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&until, "until", "", "last `DAY` on which they are kept")
	verb.Flags().StringVar(&given.Custodian, "custodian", "", "`WHO` keeps them")
	verb.Flags().StringVar(&given.Place, "place", "", "`WHERE` they are kept")
	verb.Flags().StringVar(&given.Protection, "protection", "", "`HOW` they are protected there")
	verb.Flags().StringVar(&given.Attested, "attested", "", "assessor `WHO` attests that they are kept so, and given out on the Council's request")
	return verb
}

func (d *door) retentionHoldVerb() *cobra.Command {
	return d.holdVerb(true, "hold VAULT --reason TEXT", "Put an assessment under legal hold: nothing of it goes", "  tickmark retention shop.vault hold --reason 'Claim 4-17'")
}

func (d *door) retentionReleaseVerb() *cobra.Command {
	return d.holdVerb(false, "release VAULT --reason TEXT", "Release an assessment from its legal hold", "  tickmark retention shop.vault release --reason 'Claim 4-17 was settled'")
}

func (d *door) holdVerb(on bool, use, short, example string) *cobra.Command {
	var o opening
	var reason string
	verb := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1), Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usagef("legal hold: --reason is needed; it stays and is signed")
			}
			return d.keep(cmd, args[0], o, func(a *questionnaires.Assessment, _ questionnaires.Keeping) (questionnaires.Draft, error) {
				return a.Hold(on, reason)
			})
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&reason, "reason", "", "why, in one line (required)")
	return verb
}

// keep writes what is drafted of a retention, and shows it as it stands then.
func (d *door) keep(cmd *cobra.Command, path string, o opening, draft func(*questionnaires.Assessment, questionnaires.Keeping) (questionnaires.Draft, error)) error {
	err := d.signOf(cmd.Context(), path, o, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		k, err := a.Keeping()
		if err != nil {
			return questionnaires.Draft{}, err
		}
		return draft(a, k)
	}, func(a *questionnaires.Assessment) error {
		k, err := a.Keeping()
		if err == nil {
			d.printKeeping(k)
		}
		return err
	})
	if errors.Is(err, questionnaires.ErrUnchanged) {
		fmt.Fprintln(d.out, "it stays as it is")
		return nil
	}
	return err
}

func (d *door) retentionExpungeVerb() *cobra.Command {
	var o opening
	var format string
	var apply, sure bool
	verb := &cobra.Command{
		Use: "expunge VAULT [Evidence-N]...", Short: "Take out for good what is past its retention", Args: cobra.MinimumNArgs(1),
		Long: `Lists what may go: evidence that serves no assessment whose retention is not over or
that is under legal hold, and what was collected once the retention of all of them is
over. It changes nothing unless --apply is given, and then asks first. A tombstone
stays of each. With numbers of evidence it is about these alone, and one that has to
stay is an error that says why. Without numbers it is none that all has to stay, as
long as retention asks for it: the exit status is 0, and the first reason is said.`,
		Example: "  tickmark retention shop.vault expunge\n  tickmark retention shop.vault expunge --apply",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.readOnly = !apply
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			over, err := d.pastRetention(cmd.Context(), v, args[1:])
			if err != nil {
				return err
			}
			if format == "json" && !apply {
				return json.NewEncoder(d.out).Encode(formOfPast(over))
			}
			d.printPast(over)
			if !apply || len(over.Drafts) == 0 {
				return nil
			}
			if err := d.expungePast(cmd.Context(), v, over, sure); err != nil {
				return err
			}
			return v.Close()
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().BoolVar(&apply, "apply", false, "expunge what is listed")
	verb.Flags().BoolVar(&sure, "yes", false, "do not ask")
	return verb
}

// printKept says of items how long they are kept.
func (d *door) printKept(history *questionnaires.History, book *questionnaires.KeptBook, labels []string) error {
	for _, label := range labels {
		item, err := history.EvidenceByLabel(label)
		if err != nil {
			return err
		}
		until, held := book.RetainedUntil(item.ID)
		words := []string{"no day is known"}
		if until != "" {
			words[0] = "kept to the end of " + string(until)
		}
		if held != nil {
			words = append(words, "under legal hold "+held.String())
		}
		if item.Expunged != nil {
			words = []string{item.Expunged.String()}
		}
		fmt.Fprintf(d.out, "%s  %s\n", item.Label(), kube.Printable(strings.Join(words, ", ")))
	}
	return nil
}
