package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// accepting is one run of the verb.
type accepting struct {
	subject, place, until, reason, risk string
	all, approve, end                   bool
	format                              string
}

func (d *door) acceptVerb() *cobra.Command {
	var o opening
	var x accepting
	verb := &cobra.Command{
		Use:   "accept VAULT [RESULT|ACCEPTANCE] [--until DATE --reason TEXT --risk TEXT | --approve | --end --reason TEXT]",
		Short: "Accept a check's failing result for a time",
		Long: `Takes the risk of a check's failing result for a time. Who asks for it says until
when, why and at what risk; it counts once another enrolled author approves it with
--approve, to the end of its last day in UTC, or until --end takes it back. It is
shown wherever the result is, and never makes a requirement In Place: what fails
still contradicts the answer. Of a policy of your own it is accepted under the text
that failed: once another text was run it counts no more.

RESULT is a number of evidence, or TARGET/CHECK; of a result that fails for several
subjects name one with --subject, or say --all. --approve and --end take a RESULT, or
the beginning of an acceptance's id. Without any of these it lists what was accepted.`,
		Example: "  tickmark accept shop.vault Evidence-4 --subject 'Namespace pay-batch' --until 2026-12-31 --reason 'CHG-1182 mends it.' --risk 'Lateral movement between batch jobs.'\n" +
			"  tickmark accept shop.vault Evidence-4 --approve\n  tickmark accept shop.vault list -o json",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			named := strings.Join(args[1:], "")
			if named == "list" {
				named = ""
			}
			asks := x.until != "" || x.risk != "" || x.reason != "" && !x.end
			switch {
			case (asks || x.approve || x.end) && named == "":
				return usagef("accept: name a result, such as Evidence-7")
			case x.approve && (x.end || asks) || x.end && asks:
				return usagef("accept %s: one thing at a time: --until, --approve or --end", named)
			}
			o.readOnly = !asks && !x.approve && !x.end
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			if o.readOnly {
				return d.listAcceptances(cmd, v, named, x.format)
			}
			var drafts []questionnaires.Draft
			if asks {
				drafts, err = d.askAcceptances(cmd, v, named, x)
			} else {
				drafts, err = d.settleAcceptances(cmd, v, named, x)
			}
			if err != nil {
				return err
			}
			if _, err := v.Append(cmd.Context(), drafts...); err != nil {
				return err
			}
			return d.listAcceptances(cmd, v, named, x.format)
		},
	}
	o.flags(verb)
	outputFlag(verb, &x.format)
	verb.Flags().StringVar(&x.until, "until", "", "`DATE` of its last day, such as 2026-12-31")
	verb.Flags().StringVar(&x.reason, "reason", "", "why, or why it is taken back")
	verb.Flags().StringVar(&x.risk, "risk", "", "what may happen meanwhile")
	verb.Flags().StringVar(&x.subject, "subject", "", "`SUBJECT` that fails, as `tickmark evidence VAULT show` prints it")
	verb.Flags().StringVar(&x.place, "place", "", "container or field of the subject, where several fail")
	verb.Flags().BoolVar(&x.all, "all", false, "every subject that fails")
	verb.Flags().BoolVar(&x.approve, "approve", false, "approve what somebody else asked for")
	verb.Flags().BoolVar(&x.end, "end", false, "take it back")
	return verb
}

// resultNamed finds a result by the number of its evidence or as TARGET/CHECK.
func resultNamed(h *questionnaires.History, name string) (questionnaires.Evidence, error) {
	for _, item := range questionnaires.Latest(h.Evidence()) {
		if item.Result != nil && item.Result.Target+"/"+item.Result.Check == name {
			return item, nil
		}
	}
	item, err := h.EvidenceByLabel(name)
	if err == nil && item.Result == nil {
		err = fmt.Errorf("accept %s: it is no result of a check", item.Label())
	}
	return item, err
}

// askAcceptances asks for the failing details that were meant.
func (d *door) askAcceptances(cmd *cobra.Command, v *vault.Vault, named string, x accepting) ([]questionnaires.Draft, error) {
	until, err := questionnaires.ParseDay(x.until)
	if err != nil {
		return nil, usageError{fmt.Errorf("accept %s: --until: %w", named, err)}
	}
	h, err := v.History(cmd.Context())
	if err != nil {
		return nil, err
	}
	item, err := resultNamed(h, named)
	if err != nil {
		return nil, err
	}
	result, err := item.Result.Read(v.Documents(cmd.Context()))
	if err != nil {
		return nil, err
	}
	var keys []engine.Key
	var subjects []string
	for _, detail := range result.Details {
		key := result.Key(detail)
		if detail.Verdict != engine.Fail || slices.Contains(keys, key) || !x.means(detail.Subject, key) {
			continue
		}
		keys = append(keys, key)
		if subject := detail.Subject.String(); !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
	}
	switch {
	case len(keys) == 0 && x.subject+x.place == "":
		return nil, fmt.Errorf("accept %s: it does not fail", item.Label())
	case len(keys) == 0:
		return nil, fmt.Errorf("accept %s: nothing fails there for %s", item.Label(), strings.TrimSpace(x.subject+" "+x.place))
	case len(subjects) > 1 && !x.all:
		return nil, usageError{withHint(fmt.Errorf("accept %s: it fails for %d subjects: name one with --subject, or say --all", item.Label(), len(subjects)),
			"`tickmark evidence VAULT show "+item.Label()+"` shows them")}
	}
	var drafts []questionnaires.Draft
	for _, key := range keys {
		draft, err := h.AskAcceptance(questionnaires.Acceptance{
			Target: key.Target, Check: key.Check, Subject: key.Subject, Place: key.Place, Definition: key.Definition, Reason: x.reason, Risk: x.risk, Until: until,
		}, d.now())
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, draft)
	}
	return drafts, nil
}

// means reports whether a subject is the one that was named: as it is printed, or by
// its name alone.
func (x accepting) means(subject engine.Ref, key engine.Key) bool {
	if x.place != "" && x.place != key.Place {
		return false
	}
	name := strings.TrimPrefix(subject.Namespace+"/"+subject.Name, "/")
	return x.subject == "" || x.subject == subject.String() || x.subject == name
}

// settleAcceptances approves what was asked for, or takes it back.
func (d *door) settleAcceptances(cmd *cobra.Command, v *vault.Vault, named string, x accepting) ([]questionnaires.Draft, error) {
	h, err := v.History(cmd.Context())
	if err != nil {
		return nil, err
	}
	found, err := acceptancesNamed(h, named)
	if err != nil {
		return nil, err
	}
	author, signs := v.Author()
	if !signs {
		return nil, fmt.Errorf("accept %s: %w", named, vault.ErrReadOnly)
	}
	var drafts []questionnaires.Draft
	var refused error
	for _, a := range found {
		state := a.State(d.now())
		if len(found) > 1 && (state == questionnaires.AcceptanceTaken || state == questionnaires.AcceptanceExpired || x.approve && (a.Approval != nil || a.Reworded)) {
			continue // it is no more what was meant
		}
		var draft questionnaires.Draft
		switch {
		case x.end:
			draft, err = h.EndAcceptance(a.Entry, x.reason)
		case state == questionnaires.AcceptanceExpired:
			err = fmt.Errorf("approve acceptance %s: its last day, %s, is over", a.Entry.Short(), a.Until)
		default:
			draft, err = h.ApproveAcceptance(a.Entry, author.ID)
		}
		if err != nil {
			refused = err
			continue
		}
		drafts = append(drafts, draft)
	}
	switch {
	case refused != nil:
		return nil, refused
	case len(drafts) == 0:
		return nil, fmt.Errorf("accept %s: nothing there waits for that", named)
	}
	return drafts, nil
}

// acceptancesNamed are those of a result, or the one whose id begins so.
func acceptancesNamed(h *questionnaires.History, named string) ([]questionnaires.Acceptance, error) {
	all, err := h.Acceptances()
	if err != nil || named == "" {
		return all, err
	}
	if len(named) >= 6 {
		of := slices.DeleteFunc(slices.Clone(all), func(a questionnaires.Acceptance) bool { return !strings.HasPrefix(a.Entry.String(), named) })
		if len(of) > 0 {
			return of, nil
		}
	}
	item, err := resultNamed(h, named)
	if err != nil {
		return nil, err
	}
	of := questionnaires.AcceptancesOf(item.Result, all)
	if len(of) == 0 {
		return nil, errors.New("accept " + item.Label() + ": nobody asked to accept it")
	}
	return of, nil
}

// acceptanceForm is an acceptance as machines read it.
type acceptanceForm struct {
	ID       engine.Digest                  `json:"id"`
	State    questionnaires.AcceptanceState `json:"state"`
	Evidence string                         `json:"evidence,omitempty"` // the latest result that it is of
	questionnaires.Acceptance
	Asked    signedForm  `json:"asked"`
	Approved *signedForm `json:"approved,omitempty"`
	Ended    *signedForm `json:"ended,omitempty"`
}

// signedForm is who did something, and when.
type signedForm struct {
	By     string    `json:"by"`
	Time   time.Time `json:"time"`
	Alone  bool      `json:"alone,omitempty"` // by who asked, nobody else being enrolled
	Reason string    `json:"reason,omitempty"`
}

func (d *door) acceptanceForms(h *questionnaires.History, all []questionnaires.Acceptance) []acceptanceForm {
	latest := questionnaires.Latest(h.Evidence())
	forms := make([]acceptanceForm, len(all))
	for i, a := range all {
		f := acceptanceForm{ID: a.Entry, State: a.State(d.now()), Acceptance: a, Asked: signedForm{By: a.Asked.Name, Time: a.Time}}
		if a.Approval != nil {
			f.Approved = &signedForm{By: a.Approval.By.Name, Time: a.Approval.Time, Alone: a.Approval.Alone}
		}
		if a.Ended != nil {
			f.Ended = &signedForm{By: a.Ended.By.Name, Time: a.Ended.Time, Reason: a.Ended.Reason}
		}
		for _, item := range latest {
			if item.Result != nil && item.Result.Target == a.Target && item.Result.Check == a.Check {
				f.Evidence = item.Label()
			}
		}
		forms[i] = f
	}
	return forms
}

func (d *door) listAcceptances(cmd *cobra.Command, v *vault.Vault, named, format string) error {
	h, err := v.History(cmd.Context())
	if err != nil {
		return err
	}
	all, err := acceptancesNamed(h, named)
	if err != nil {
		return err
	}
	forms := d.acceptanceForms(h, all)
	if format == "json" {
		return json.NewEncoder(d.out).Encode(forms)
	}
	if len(forms) == 0 {
		fmt.Fprintln(d.out, "nothing is accepted")
	}
	for _, f := range forms {
		d.printAcceptance(f)
	}
	return nil
}

func (d *door) printAcceptance(f acceptanceForm) {
	subject := strings.TrimSpace(f.Subject.String() + " " + f.Place)
	fmt.Fprintf(d.out, "%s  %-10s  until %s  %s  %s: %s\n", f.ID.Short(), f.State, f.Until, f.Evidence, f.Check, kube.Printable(subject))
	for _, line := range f.lines() {
		fmt.Fprintf(d.out, "              %s\n", kube.Printable(line))
	}
}

// lines say who asked, why, at what risk, and what became of it.
func (f acceptanceForm) lines() []string {
	lines := []string{f.Acceptance.String(), "risk: " + f.Risk}
	if f.Approved != nil && f.Approved.Alone {
		lines = append(lines, "nobody else is enrolled who could approve it")
	}
	if f.State == questionnaires.AcceptanceUnfit {
		lines = append(lines, "the check's text changed since: it counts no more, ask again")
	}
	if f.Ended != nil {
		lines = append(lines, "taken back by "+f.Ended.By+": "+f.Ended.Reason)
	}
	return lines
}

// acceptedMark is acceptanceMark behind the title of a result.
func acceptedMark(of *questionnaires.ResultSource, all []questionnaires.Acceptance, at time.Time) string {
	mark := acceptanceMark(questionnaires.AcceptancesOf(of, all), at)
	if mark != "" {
		mark = "; " + mark
	}
	return mark
}

// acceptanceMark says in some words what is accepted of a result, "" if nothing was.
func acceptanceMark(of []questionnaires.Acceptance, at time.Time) string {
	count := map[questionnaires.AcceptanceState]int{}
	var until questionnaires.Day
	for _, a := range of {
		state := a.State(at)
		count[state]++
		if state == questionnaires.Accepted && (until == "" || a.Until < until) {
			until = a.Until
		}
	}
	var words []string
	if n := count[questionnaires.Accepted]; n > 0 {
		words = append(words, fmt.Sprintf("%d accepted until %s", n, until))
	}
	if n := count[questionnaires.AcceptancePending]; n > 0 {
		words = append(words, fmt.Sprintf("%d waiting to be accepted", n))
	}
	if n := count[questionnaires.AcceptanceExpired]; n > 0 {
		words = append(words, fmt.Sprintf("acceptance of %d expired", n))
	}
	if n := count[questionnaires.AcceptanceUnfit]; n > 0 {
		words = append(words, fmt.Sprintf("acceptance of %d no longer fitting", n))
	}
	return strings.Join(words, ", ")
}
