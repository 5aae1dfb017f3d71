package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

func (d *door) whichVerb() *cobra.Command {
	var o opening
	var w which
	var format string
	var texts []string
	verb := &cobra.Command{
		Use:   "which [--answer ID=VALUE]... [--vault VAULT]",
		Short: "Find the self-assessment questionnaire that fits",
		Long: `Asks what decides on the self-assessment questionnaire, per payment channel, and
says which to fill, why, and what speaks against the others. On a terminal it asks;
elsewhere, and to begin with, answers are given with --answer: ID=VALUE for a
question of the entity, CHANNEL/ID=VALUE for one of a payment channel (card-present,
mail-telephone, e-commerce). A question is asked only where it matters, and what is
not answered is never taken for a yes.

With --vault the answers are recorded in an assessment, whose attestation repeats
them; ID= without a value takes an answer back. Ends with 3 while a question is open
or the assessment's form does not fit.`,
		Example: "  tickmark questionnaire which --answer role=merchant --answer takes-e-commerce=yes\n" +
			"  tickmark questionnaire which --vault shop.vault --answer e-commerce/payment-page=redirect",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			given, err := readEligibility(texts)
			if err != nil {
				return usageError{err}
			}
			w.door, w.given = d, given
			if w.path != "" {
				return w.inVault(cmd.Context(), o, format)
			}
			if o.assessment != "" {
				return usagef("find questionnaire: --assessment is of a --vault")
			}
			return w.alone(format)
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&w.path, "vault", "", "`VAULT` to record the answers in")
	verb.Flags().StringArrayVar(&texts, "answer", nil, "an answer, as `ID=VALUE` or CHANNEL/ID=VALUE (repeatable)")
	outputFlag(verb, &format)
	return verb
}

// eligibilityAnswer is one answer as it was given on the command line or typed.
type eligibilityAnswer struct {
	asked questionnaires.Asked
	value string
}

func readEligibility(texts []string) ([]eligibilityAnswer, error) {
	var all []eligibilityAnswer
	for _, text := range texts {
		key, value, split := strings.Cut(text, "=")
		if !split {
			return nil, fmt.Errorf("read answer %q: want ID=VALUE", text)
		}
		asked, err := questionnaires.ParseAsked(strings.TrimSpace(key))
		if err != nil {
			return nil, err
		}
		all = append(all, eligibilityAnswer{asked, strings.TrimSpace(value)})
	}
	return all, nil
}

// which is one run of the interview: the answers given so far, in their order.
type which struct {
	door  *door
	path  string
	given []eligibilityAnswer
	typed *bufio.Reader
	left  []questionnaires.Asked // what the person left open
}

// alone interviews without a vault.
func (w *which) alone(format string) error {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	rules := catalogue.Eligibility()
	interview, err := w.answered(rules.Interview())
	if err != nil {
		return usageError{err}
	}
	if unasked := interview.Unasked(); len(unasked) > 0 {
		return usagef("answer %s: the interview does not ask it after the other answers", unasked[0])
	}
	if interview, err = w.ask(rules, interview); err != nil {
		return err
	}
	if err := w.door.printWhich(rules, interview, format); err != nil {
		return err
	}
	if !interview.Eligibility().Decided() {
		return errAttention
	}
	return nil
}

// answered adds the answers of the command line.
func (w *which) answered(interview questionnaires.EligibilityInterview) (questionnaires.EligibilityInterview, error) {
	for _, given := range w.given {
		var err error
		if interview, err = interview.Answer(given.asked, given.value); err != nil {
			return interview, err
		}
	}
	return interview, nil
}

// inVault interviews from what an assessment has recorded, and records the rest.
func (w *which) inVault(ctx context.Context, o opening, format string) error {
	v, a, err := w.door.chosen(ctx, w.path, o)
	if err != nil {
		return err
	}
	defer v.Close()
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	rules := catalogue.Eligibility()
	before := a.Interview()
	interview, err := w.answered(before)
	if err != nil {
		return usageError{err}
	}
	if interview, err = w.ask(rules, interview); err != nil {
		return err
	}
	if interview, err = w.ask(rules, interview.For(a.Details.Questionnaire)); err != nil {
		return err
	}
	if answers := w.changes(rules, before); len(answers) > 0 {
		draft, err := a.RecordEligibility(answers)
		if err != nil {
			return usageError{err}
		}
		if _, err := v.Append(ctx, draft); err != nil {
			return err
		}
		if a, err = w.door.assessmentOf(ctx, v, string(a.Details.ID)); err != nil {
			return err
		}
	}
	if err := w.door.printWhich(rules, interview.For(""), format); err != nil {
		return err
	}
	return w.door.attentionToForm(a, format)
}

// changes are the answers of this run that the vault does not hold yet, each once.
func (w *which) changes(rules *questionnaires.EligibilityRules, before questionnaires.EligibilityInterview) []questionnaires.EligibilityAnswer {
	held := map[questionnaires.Asked]string{}
	for _, answer := range before.All() {
		held[answer.Asked()] = answer.Answer
	}
	var answers []questionnaires.EligibilityAnswer
	for n, given := range w.given {
		later := slices.ContainsFunc(w.given[n+1:], func(o eligibilityAnswer) bool { return o.asked == given.asked })
		if later || held[given.asked] == given.value && given.value != "" {
			continue
		}
		q, _ := rules.Question(given.asked.Question)
		answers = append(answers, questionnaires.EligibilityAnswer{
			Question: q.ID, Version: q.Version(), Channel: given.asked.Channel, Answer: given.value,
		})
	}
	return answers
}

// attentionToForm says what speaks against the assessment's form, or is open.
func (d *door) attentionToForm(a *questionnaires.Assessment, format string) error {
	var problems []questionnaires.Problem
	for _, p := range a.Problems() {
		if p.Kind == questionnaires.EligibilityOpen || p.Kind == questionnaires.NotEligible {
			problems = append(problems, p)
		}
	}
	out := d.out
	if format == "json" {
		out = d.err
	}
	for _, p := range problems {
		fmt.Fprintf(out, "%s: %s\n", a.Details.Name, p.Sentence)
	}
	if e, _ := a.Eligibility(); len(problems) > 0 || !e.Decided() {
		return errAttention
	}
	return nil
}

// ask puts what is open to the person at the terminal, if there is one. Nothing
// typed leaves a question open.
func (w *which) ask(rules *questionnaires.EligibilityRules, interview questionnaires.EligibilityInterview) (questionnaires.EligibilityInterview, error) {
	if !w.door.asks() {
		return interview, nil
	}
	if w.typed == nil {
		w.typed = bufio.NewReader(w.door.in)
	}
	for {
		open := slices.DeleteFunc(interview.Open(), func(asked questionnaires.Asked) bool { return slices.Contains(w.left, asked) })
		if len(open) == 0 {
			return interview, nil
		}
		asked := open[0]
		q, _ := rules.Question(asked.Question)
		value, err := w.put(q, asked)
		if err != nil {
			return interview, err
		}
		if value == "" {
			w.left = append(w.left, asked)
			continue
		}
		if interview, err = interview.Answer(asked, value); err != nil {
			fmt.Fprintln(w.door.err, err)
			continue
		}
		w.given = append(w.given, eligibilityAnswer{asked, value})
	}
}

// put shows a question and reads what was chosen: the number of a choice, its value
// or the beginning of one.
func (w *which) put(q questionnaires.EligibilityQuestion, asked questionnaires.Asked) (string, error) {
	about := ""
	if asked.Channel != questionnaires.NoChannel {
		about = asked.Channel.Title() + ": "
	}
	offered := q.Offered(asked.Channel)
	fmt.Fprintf(w.door.err, "\n%s%s\n", about, q.Text)
	if q.Help != "" {
		fmt.Fprintf(w.door.err, "  (%s)\n", q.Help)
	}
	for n, c := range offered {
		fmt.Fprintf(w.door.err, "  %d  %s\n", n+1, c.Text)
	}
	for {
		fmt.Fprint(w.door.err, "> ")
		line, err := w.typed.ReadString('\n')
		line = strings.TrimSpace(line)
		if line == "" && (err == nil || errors.Is(err, io.EOF)) {
			return "", nil
		}
		if line == "" {
			return "", fmt.Errorf("ask %s: %w", asked, err)
		}
		if value := chosenOf(offered, line); value != "" {
			return value, nil
		}
		fmt.Fprintf(w.door.err, "Type a number from 1 to %d, or nothing to leave it open.\n", len(offered))
		if err != nil {
			return "", nil
		}
	}
}

func chosenOf(offered []questionnaires.Choice, line string) string {
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(offered) {
		return offered[n-1].Value
	}
	for _, c := range offered {
		if strings.HasPrefix(c.Value, strings.ToLower(line)) {
			return c.Value
		}
	}
	return ""
}

// whichForm is what `questionnaire which -o json` prints.
type whichForm struct {
	questionnaires.Eligibility
	Answers []questionnaires.EligibilityAnswer `json:"answers"`
	Next    []openQuestion                     `json:"next"`
}

type openQuestion struct {
	ID      string                      `json:"id"` // as --answer names it
	Kind    questionnaires.QuestionKind `json:"kind"`
	Text    string                      `json:"text"`
	Help    string                      `json:"help,omitempty"`
	Choices []questionnaires.Choice     `json:"choices"`
}

func (d *door) printWhich(rules *questionnaires.EligibilityRules, interview questionnaires.EligibilityInterview, format string) error {
	form := whichForm{Eligibility: interview.Eligibility(), Answers: interview.Answers(), Next: []openQuestion{}}
	for _, asked := range form.Open {
		q, _ := rules.Question(asked.Question)
		form.Next = append(form.Next, openQuestion{asked.String(), q.Kind(), q.Text, q.Help, q.Offered(asked.Channel)})
	}
	if format == "json" {
		return json.NewEncoder(d.out).Encode(form)
	}
	for _, c := range form.Channels {
		d.printChannel(rules, c)
	}
	if len(form.Channels) == 0 && form.Decided() {
		d.printOthers(form.Others)
	}
	for _, f := range form.Forms {
		fmt.Fprintf(d.out, "to fill  %s (%s)%s\n", f.Name, f.Form, forChannels(f.Channels))
	}
	if form.Alternative != "" {
		fmt.Fprintf(d.out, "or       one %s (%s) for all of them\n", rules.FormName(form.Alternative), form.Alternative)
	}
	for _, q := range form.Next {
		fmt.Fprintf(d.out, "open     %s: %s\n", q.ID, q.Text)
		for _, c := range q.Choices {
			fmt.Fprintf(d.out, "           %s%s\n", c.Value, meaning(c))
		}
	}
	fmt.Fprintf(d.out, "\n%s\n", form.Reminder)
	return nil
}

func meaning(c questionnaires.Choice) string {
	if c.Text == c.Value {
		return ""
	}
	return "  " + c.Text
}

func forChannels(channels []questionnaires.PaymentChannel) string {
	var texts []string
	for _, c := range channels {
		texts = append(texts, c.String())
	}
	if len(texts) == 0 {
		return ""
	}
	return " for " + strings.Join(texts, " and ")
}

// printChannel says what one channel leads to, why, and why to nothing else.
func (d *door) printChannel(rules *questionnaires.EligibilityRules, c questionnaires.ChannelEligibility) {
	name, why := rules.FormName(c.Form), "because"
	switch c.Fit {
	case questionnaires.Undecided:
		name, why = "not decided", "waits for"
	case questionnaires.FullForm:
		why = "because no smaller form fits"
	case questionnaires.SmallerForm:
	}
	fmt.Fprintf(d.out, "%s: %s\n", c.Channel.Title(), name)
	for _, g := range c.Reasons {
		said := g.String()
		if c.Fit == questionnaires.FullForm {
			said = g.Against()
		}
		fmt.Fprintf(d.out, "  %s  %s\n", why, said)
	}
	d.printOthers(c.Others)
	fmt.Fprintln(d.out)
}

func (d *door) printOthers(others []questionnaires.OtherForm) {
	for _, o := range others {
		switch o.Standing {
		case questionnaires.Disqualified:
			fmt.Fprintf(d.out, "  not %s  %s\n", o.Name, o.Grounds[0].Against())
		case questionnaires.NotSupported:
			fmt.Fprintf(d.out, "  not %s  %s\n", o.Name, o.Note)
		case questionnaires.NotNeeded:
			fmt.Fprintf(d.out, "  not %s  a form that asks less fits\n", o.Name)
		case questionnaires.AlwaysAllowed:
			fmt.Fprintf(d.out, "  %s may be filled in any case\n", o.Name)
		case questionnaires.StandingOpen:
		}
	}
}
