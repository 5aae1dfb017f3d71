package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// requestWords are a request as the command line says it.
type requestWords struct {
	what, from, to, system, owner, due string
	requirements                       []string
}

func (w *requestWords) flags(verb *cobra.Command) {
	verb.Flags().StringVar(&w.from, "from", "", "first `DAY` of the period covered, such as 2026-01-01")
	verb.Flags().StringVar(&w.to, "to", "", "its last `DAY`")
	verb.Flags().StringVar(&w.system, "system", "", "the `SYSTEM` that it is about")
	verb.Flags().StringVar(&w.owner, "owner", "", "`WHO` at the client sends it")
	verb.Flags().StringVar(&w.due, "due", "", "last `DAY` for it")
}

func (w *requestWords) contentFlags(verb *cobra.Command) {
	w.flags(verb)
	verb.Flags().StringVar(&w.what, "what", "", "`TEXT` that says what is wanted; its first line is its title")
	verb.Flags().StringSliceVar(&w.requirements, "requirement", nil, "`REQUIREMENT` that it serves, or one testing procedure of it such as 1.2.2.a (repeatable)")
}

// change gives a request what the flags say. What no flag says stays.
func (w requestWords) change(cmd *cobra.Command, r *questionnaires.Request) error {
	given := func(flag string) bool { f := cmd.Flags().Lookup(flag); return f != nil && f.Changed }
	for flag, to := range map[string]struct {
		from string
		into *string
	}{"what": {w.what, &r.What}, "system": {w.system, &r.System}, "owner": {w.owner, &r.Owner}} {
		if given(flag) {
			*to.into = strings.TrimSpace(to.from)
		}
	}
	for _, day := range []struct {
		flag, from string
		into       *questionnaires.Day
	}{{"from", w.from, &r.From}, {"to", w.to, &r.To}, {"due", w.due, &r.Due}} {
		if !given(day.flag) {
			continue
		}
		*day.into = ""
		if day.from != "" {
			var err error
			if *day.into, err = questionnaires.ParseDay(day.from); err != nil {
				return usageError{fmt.Errorf("--%s: %w", day.flag, err)}
			}
		}
	}
	if !given("requirement") {
		return nil
	}
	r.Requirements, r.Procedures = nil, nil
	for _, text := range w.requirements {
		p, err := questionnaires.ParseProcedure(strings.TrimSpace(text))
		if err != nil {
			return usageError{err}
		}
		r.Requirements = append(r.Requirements, p.Requirement)
		if p.Letter != "" {
			r.Procedures = append(r.Procedures, p)
		}
	}
	return nil
}

func (d *door) requestAddVerb() *cobra.Command {
	var o opening
	var w requestWords
	verb := &cobra.Command{
		Use: "add VAULT --what TEXT [--requirement REQUIREMENT]...", Short: "Ask the client for something", Args: cobra.ExactArgs(1),
		Example: "  tickmark request shop.vault add --what 'Ruleset reviews of both half-years' --requirement 1.2.7 --owner Nadia --due 2026-12-01",
		RunE: func(cmd *cobra.Command, args []string) error {
			var r questionnaires.Request
			if err := w.change(cmd, &r); err != nil {
				return err
			}
			if r.What == "" {
				return usagef("add request: --what is needed")
			}
			return d.withRequests(cmd, args[0], o, func(a *questionnaires.Assessment) ([]questionnaires.Draft, []questionnaires.ID, error) {
				var err error
				if r.ID, err = questionnaires.NewID(d.random); err != nil {
					return nil, nil, err
				}
				draft, err := a.AskRequest(r)
				return []questionnaires.Draft{draft}, []questionnaires.ID{r.ID}, err
			})
		},
	}
	o.flags(verb)
	w.contentFlags(verb)
	return verb
}

func (d *door) requestSetVerb() *cobra.Command {
	var o opening
	var w requestWords
	verb := &cobra.Command{
		Use: "set VAULT Req-N...", Short: "Change what requests say: owner, due day, what is wanted", Args: cobra.MinimumNArgs(2),
		Long: `Changes requests. What no flag names keeps its value; an empty value takes it away.
Without a flag, it confirms the version that is shown of a request that was edited
side by side. Where an accepted request asks for something else afterwards, it has
to be accepted again.`,
		Example: "  tickmark request shop.vault set Req-3 Req-4 --owner Nadia --due 2026-12-01",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.withRequests(cmd, args[0], o, d.eachRequest(args[1:], func(a *questionnaires.Assessment, r questionnaires.Request) (questionnaires.Draft, error) {
				if err := w.change(cmd, &r); err != nil {
					return questionnaires.Draft{}, err
				}
				return a.ChangeRequest(r)
			}))
		},
	}
	o.flags(verb)
	w.contentFlags(verb)
	return verb
}

func (d *door) requestSeedVerb() *cobra.Command {
	var o opening
	var w requestWords
	verb := &cobra.Command{
		Use: "seed VAULT", Short: "Ask for all that the questionnaire wants to see", Args: cobra.ExactArgs(1),
		Long: `Makes a request of each section of the questionnaire (1.2, 8.3), with the evidence
that each of its requirements wants. Owner and due day are defaults to be changed
with set. What was asked for so before is not asked for again, nor is what was
answered Not Applicable or Not Tested.`,
		Example: "  tickmark request shop.vault seed --due 2026-12-01",
		RunE: func(cmd *cobra.Command, args []string) error {
			var defaults questionnaires.Request
			if err := w.change(cmd, &defaults); err != nil {
				return err
			}
			return d.withRequests(cmd, args[0], o, func(a *questionnaires.Assessment) ([]questionnaires.Draft, []questionnaires.ID, error) {
				var ids []questionnaires.ID
				drafts, err := a.SeedRequests(defaults, func() (questionnaires.ID, error) {
					id, err := questionnaires.NewID(d.random)
					ids = append(ids, id)
					return id, err
				})
				return drafts, ids, err
			})
		},
	}
	o.flags(verb)
	w.flags(verb)
	return verb
}

// eachRequest drafts something for each of the requests that are named.
func (d *door) eachRequest(labels []string, draft func(*questionnaires.Assessment, questionnaires.Request) (questionnaires.Draft, error)) requestDrafts {
	return func(a *questionnaires.Assessment) (drafts []questionnaires.Draft, ids []questionnaires.ID, err error) {
		for _, label := range labels {
			r, err := a.RequestByLabel(label)
			if err != nil {
				return nil, nil, err
			}
			one, err := draft(a, r)
			if err != nil {
				return nil, nil, err
			}
			drafts, ids = append(drafts, one), append(ids, r.ID)
		}
		return drafts, ids, nil
	}
}

// requestDrafts says what is to be written, and of which requests.
type requestDrafts func(*questionnaires.Assessment) ([]questionnaires.Draft, []questionnaires.ID, error)

// withRequests writes drafts by one save and prints the requests as they stand then.
func (d *door) withRequests(cmd *cobra.Command, path string, o opening, make requestDrafts) error {
	v, a, err := d.chosen(cmd.Context(), path, o)
	if err != nil {
		return err
	}
	defer d.finish(cmd.Context(), v)
	drafts, ids, err := make(a)
	switch {
	case errors.Is(err, questionnaires.ErrSeeded):
		fmt.Fprintln(d.out, kube.Printable(err.Error()))
		return nil
	case err != nil:
		return err
	}
	if _, err := v.Append(cmd.Context(), drafts...); err != nil {
		return err
	}
	return d.showRequests(cmd, v, a, ids)
}

func (d *door) showRequests(cmd *cobra.Command, v *vault.Vault, a *questionnaires.Assessment, ids []questionnaires.ID) error {
	a, err := d.assessmentOf(cmd.Context(), v, string(a.Details.ID))
	if err != nil {
		return err
	}
	wanted := map[questionnaires.ID]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, r := range a.Requests() {
		if wanted[r.ID] {
			fmt.Fprintf(d.out, "%s  %s  %s\n", r.Label(), r.Word(), kube.Printable(r.Title()))
		}
	}
	return nil
}
