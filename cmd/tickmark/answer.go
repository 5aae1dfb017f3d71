package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// answering is one run of the verb: what is answered, and where the answer is.
type answering struct {
	target                      answerTarget
	said                        saying
	worksheet, customized, file string
	show, edit, allowSwap       bool
	format                      string
	given                       func(flag string) bool
}

// answerTarget is what is answered: a requirement or all below an id, a testing
// procedure, or, where it names none, all that a file names.
type answerTarget struct {
	requirement questionnaires.RequirementID
	letter      string
}

func (d *door) answerVerb() *cobra.Command {
	var o opening
	var given answering
	verb := &cobra.Command{
		Use:   "answer VAULT [REQUIREMENT[.LETTER]] [--response RESPONSE] [--narrative TEXT] [--evidence Evidence-N]...",
		Short: "Record an answer",
		Long: `Records an answer as a new revision; nothing is overwritten, and tickmark undo
takes it back. What no flag names stays as it was. Responses: in-place,
in-place-with-ccw, not-in-place, not-applicable, not-tested. Ends with 3 if the
requirement has problems still.

In a Report on Compliance every testing procedure has its finding: name it as
1.2.1.a, with --finding and --reporting; --evidence and --method are that
procedure's then. The requirement's response rolls up.

--show prints the answer that stands as --file takes it, with a skeleton of the
parts that it has not; --worksheet and --customized take such a part alone. A file
is the whole answer: what it leaves out is taken out, and its line "revision"
refuses it where somebody answered since. Without a requirement, --show and --file
are of all answers: all of a file is recorded, or nothing.

With --edit the narrative, or a procedure's reporting answer, is written in the
editor that VISUAL or EDITOR names (` + knownEditors + `),
through a folder in memory. The editor starts without your settings, and the flags
that the variable adds are left out.`,
		Example: "  tickmark answer shop.vault 1.3.1 --response not-in-place --narrative 'pay-batch lacks default deny; CHG-1182' --target-date 2026-12-15 --evidence Evidence-7\n" +
			"  tickmark answer shop.vault 1.2.1.a --finding in-place --reporting 'Standard v4 covers the firewalls.' --evidence Evidence-22\n" +
			"  tickmark answer shop.vault 8.3.6 --show >answer.yaml; vi answer.yaml; tickmark answer shop.vault 8.3.6 --file answer.yaml\n" +
			"  tickmark answer shop.vault A1 --subtree --response not-applicable --narrative 'It hosts nobody else.'\n" +
			"  tickmark answer shop.vault --file answers.yaml",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completeRequirement,
		RunE: func(cmd *cobra.Command, args []string) error {
			given.given = cmd.Flags().Changed
			if err := given.check(args[1:]); err != nil {
				return usageError{err}
			}
			o.readOnly = given.show
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			if given.show {
				return d.showAnswers(a, given)
			}
			return d.answer(cmd.Context(), v, a, given)
		},
	}
	o.flags(verb)
	given.said.flags(verb)
	verb.Flags().StringVar(&given.worksheet, "worksheet", "", "`FILE` with the compensating control worksheet in YAML, - for the standard input")
	verb.Flags().StringVar(&given.customized, "customized", "", "`FILE` with the customized approach in YAML, - for the standard input")
	verb.Flags().StringVar(&given.file, "file", "", "`FILE` with the whole answer in YAML, or with many, - for the standard input")
	verb.Flags().BoolVar(&given.show, "show", false, "print the answer that stands, and record nothing")
	verb.Flags().BoolVar(&given.edit, "edit", false, "write the narrative in your editor")
	verb.Flags().StringVarP(&given.format, "output", "o", "", "text or json; with --show yaml or json")
	allowSwapFlag(verb, &given.allowSwap)
	return verb
}

func allowSwapFlag(verb *cobra.Command, allow *bool) {
	verb.Flags().BoolVar(allow, "allow-swap", false, "edit although swap is not encrypted, so that the text may reach the disk")
}

// check reads what is answered, and refuses flags that do not go together.
func (g *answering) check(args []string) error {
	if len(args) > 0 {
		target, err := readAnswerTarget(args[0])
		if err != nil {
			return err
		}
		g.target = target
	}
	name := "answer " + strings.Join(args, "")
	says := g.given("worksheet") || g.given("customized") || g.edit
	for _, f := range sayings {
		says = says || g.given(f.flag)
	}
	formats := []string{"", "text", "json"}
	if g.show {
		formats = []string{"", "yaml", "json"}
	}
	if g.format != formats[0] && g.format != formats[1] && g.format != formats[2] {
		return fmt.Errorf("%s: -o %q is neither %s nor %s", name, g.format, formats[1], formats[2])
	}
	switch {
	case g.show && (says || g.file != ""):
		return fmt.Errorf("%s: --show records nothing, so nothing can be answered beside it", name)
	case g.file != "" && says:
		return fmt.Errorf("%s: --file is the whole answer, so no other flag can say a part of it", name)
	case (g.show || g.file != "") && g.target.letter != "":
		return fmt.Errorf("%s: --show and --file are of the whole requirement", name)
	case g.target.requirement.IsZero() && !g.show && g.file == "":
		return fmt.Errorf("answer: name a requirement, or --file with many answers")
	case !says && !g.show && g.file == "":
		return fmt.Errorf("%s: nothing is said: --response is one of %s", name, responseList())
	case g.worksheet == "-" && g.customized == "-":
		return fmt.Errorf("%s: one of --worksheet and --customized can be the standard input", name)
	case g.target.letter == "":
		return nil
	case g.given("worksheet") || g.given("customized"):
		return fmt.Errorf("%s: --worksheet and --customized are of the whole requirement", name)
	}
	for _, f := range sayings {
		if g.given(f.flag) && f.procedure == nil {
			return fmt.Errorf("%s: --%s is of the whole requirement", name, f.flag)
		}
	}
	return nil
}

// readAnswerTarget reads 1.2.1, A1 or 1.2.1.a.
func readAnswerTarget(text string) (answerTarget, error) {
	var t answerTarget
	id := text
	if n := len(text); n > 2 && text[n-2] == '.' && text[n-1] >= 'a' && text[n-1] <= 'z' {
		id, t.letter = text[:n-2], text[n-1:]
	}
	var err error
	t.requirement, err = questionnaires.ParseRequirementID(id)
	return t, err
}

// answer records what was said: by flags, from a file, or in the editor.
func (d *door) answer(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, given answering) error {
	if given.file != "" {
		answers, err := d.readAnswers(a, given)
		if err != nil {
			return err
		}
		return d.recordAnswers(ctx, v, a, answers, given.format)
	}
	answer := standing(a, given.target.requirement)
	if err := given.apply(a, &answer); err != nil {
		return err
	}
	if err := d.readParts(a, given, &answer); err != nil {
		return err
	}
	if given.given("response") {
		if _, err := rolledUp(a, answer, answer.Response); err != nil {
			return err
		}
	}
	if !given.edit {
		return d.recordAnswers(ctx, v, a, []questionnaires.Answer{answer}, given.format)
	}
	what, text := "narrative", &answer.Narrative
	if given.target.letter != "" {
		at, err := procedureOf(a, &answer, given.target.letter)
		if err != nil {
			return err
		}
		what, text = "reporting answer", &at.Reporting
	}
	if err := d.editPart(ctx, v, a, answer, what, text, given.allowSwap); err != nil {
		return err
	}
	err := d.recordAnswers(ctx, v, a, []questionnaires.Answer{answer}, given.format)
	if err != nil && statusOf(err) != exitAttention {
		// It is nowhere else.
		fmt.Fprintln(d.out, strings.Join(theme.CleanLines(*text), "\n"))
	}
	return err
}

// standing is the answer that an edit starts from, as one that is given.
func standing(a *questionnaires.Assessment, id questionnaires.RequirementID) questionnaires.Answer {
	answer := a.Own(id).Answer
	answer.Requirement = id
	answer.Undoes, answer.Restores = engine.Digest{}, engine.Digest{}
	return answer
}

// editPart has one text of an answer edited. What could not be recorded afterwards is
// refused before.
func (d *door) editPart(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, answer questionnaires.Answer, what string, text *string, allowSwap bool) error {
	id := answer.Requirement
	author, signs := v.Author()
	if !signs {
		return fmt.Errorf("answer %s: %w", id, vault.ErrReadOnly)
	}
	if _, enrolled := a.History().Author(author.ID); !enrolled {
		return fmt.Errorf("answer %s: %w", id, vault.ErrNotEnrolled)
	}
	if _, err := a.Answer(answer); err != nil {
		return err
	}
	edited, err := d.edit(ctx, *text, allowSwap)
	if err != nil {
		return fmt.Errorf("edit %s of %s: %w", what, id, err)
	}
	*text = edited
	return nil
}

// recordedForm is what `answer -o json` says of a requirement that was answered.
type recordedForm struct {
	Requirement questionnaires.RequirementID `json:"requirement"`
	Changed     bool                         `json:"changed"` // false: it stays as it is
	Response    questionnaires.Response      `json:"response"`
	Procedures  []findingForm                `json:"procedures,omitempty"`
	Below       int                          `json:"below,omitempty"`   // requirements that are Not Applicable with it
	Without     []string                     `json:"without,omitempty"` // parts that stood before and are taken out
	Problems    []questionnaires.Problem     `json:"problems"`
}

type findingForm struct {
	Procedure string                  `json:"procedure"`
	Finding   questionnaires.Response `json:"finding"`
}

// recordAnswers records answers, all or none, and says what stands then. What says
// nothing new is not recorded, unless it settles a conflict.
func (d *door) recordAnswers(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, answers []questionnaires.Answer, format string) error {
	var drafts []questionnaires.Draft
	forms := make([]recordedForm, len(answers))
	for i, answer := range answers {
		draft, err := a.Answer(answer)
		if err != nil {
			return err
		}
		forms[i] = recordedForm{Requirement: answer.Requirement, Changed: a.Changes(draft)}
		given, _ := draft.Payload.(questionnaires.Answer)
		forms[i].Without = a.Own(answer.Requirement).Without(given)
		if forms[i].Changed {
			drafts = append(drafts, draft)
		}
	}
	if len(drafts) > 0 {
		if _, err := v.Append(ctx, drafts...); err != nil {
			return err
		}
		var err error
		if a, err = d.assessmentOf(ctx, v, string(a.Details.ID)); err != nil {
			return err
		}
	}
	for i := range forms {
		forms[i].fill(a)
	}
	return d.printRecorded(forms, format)
}

// fill says what stands of the requirement.
func (f *recordedForm) fill(a *questionnaires.Assessment) {
	own := a.Own(f.Requirement)
	f.Response, f.Problems = a.Current(f.Requirement).Response, []questionnaires.Problem{}
	if procedures := a.Procedures(f.Requirement); len(procedures) > 1 {
		for _, p := range procedures {
			named := questionnaires.Procedure{Requirement: f.Requirement, Letter: p.Letter}
			f.Procedures = append(f.Procedures, findingForm{named.String(), p.Finding})
		}
	}
	for _, r := range a.Requirements() {
		inherits := own.Subtree && f.Requirement.Covers(r.ID)
		if inherits && r.ID != f.Requirement {
			f.Below++
		}
		if inherits || r.ID == f.Requirement {
			f.Problems = append(f.Problems, slices.DeleteFunc(a.ProblemsOf(r.ID), f.said)...)
		}
	}
}

// said reports whether a problem of an item of evidence was named already: one answer for
// many requirements cites it once.
func (f *recordedForm) said(p questionnaires.Problem) bool {
	return p.Kind == questionnaires.UndescribedEvidence && slices.ContainsFunc(f.Problems, func(o questionnaires.Problem) bool { return o.Sentence == p.Sentence })
}

// printRecorded says what stands, and by the exit status that there are problems.
func (d *door) printRecorded(forms []recordedForm, format string) error {
	problems := []questionnaires.Problem{}
	for _, f := range forms {
		problems = append(problems, f.Problems...)
	}
	if format == "json" {
		if err := json.NewEncoder(d.out).Encode(forms); err != nil {
			return err
		}
	} else {
		for _, f := range forms {
			d.printFindings(f)
		}
		for _, p := range problems {
			fmt.Fprintf(d.out, "%s  problem: %s\n", p.Requirement, p.Sentence)
		}
	}
	if len(problems) > 0 {
		return errAttention
	}
	return nil
}

func (d *door) printFindings(f recordedForm) {
	stays, below := "", ""
	if !f.Changed {
		stays = ", stays as it is"
	}
	if f.Below > 0 {
		below = fmt.Sprintf(", with %d below it", f.Below)
	}
	fmt.Fprintf(d.out, "%s  %s%s%s\n", f.Requirement, f.Response.Title(), below, stays)
	if len(f.Without) > 0 {
		fmt.Fprintf(d.out, "%s  without what stood before: %s; tickmark undo brings it back\n", f.Requirement, strings.Join(f.Without, ", "))
	}
	for _, p := range f.Procedures {
		finding := "open"
		if p.Finding != questionnaires.Unanswered {
			finding = p.Finding.Title()
		}
		fmt.Fprintf(d.out, "%s  %s\n", p.Procedure, finding)
	}
}

func responseList() string {
	var texts []string
	for _, r := range questionnaires.Responses() {
		texts = append(texts, r.String())
	}
	return strings.Join(texts, ", ")
}
