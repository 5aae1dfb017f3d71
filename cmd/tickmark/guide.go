package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

func (d *door) guideVerb() *cobra.Command {
	var o opening
	var all bool
	verb := &cobra.Command{
		Use: "guide VAULT [REQUIREMENT]", Short: "The questionnaire in plain prompts, one question after the other", Args: cobra.RangeArgs(1, 2),
		Long: `Asks the questions that have problems still, one after the other, in plain lines that
a screen reader reads and a script can answer: what is asked, what the evidence says
of each testing procedure, and what stands. Every answer is saved when its question
is done; nothing is preselected. Nothing typed leaves a place as it is, a single -
empties it; b goes back a question, q ends. With a requirement it begins there, with
--all it asks what has no problem too. Ends with 3 while the assessment has problems.`,
		Example: "  tickmark guide shop.vault\n  tickmark guide shop.vault 8.3.6",
		RunE: func(cmd *cobra.Command, args []string) error {
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			g := &guide{door: d, vault: v, assessment: a, typed: bufio.NewReader(d.in)}
			from := questionnaires.RequirementID{}
			if len(args) > 1 {
				if from, err = questionnaires.ParseRequirementID(args[1]); err != nil {
					return usageError{err}
				}
				if _, err := a.Requirement(from); err != nil {
					return err
				}
			}
			return g.run(cmd.Context(), from, all)
		},
		ValidArgsFunction: completeRequirement,
	}
	o.flags(verb)
	verb.Flags().BoolVar(&all, "all", false, "ask what has no problem too")
	return verb
}

// guide asks one question after the other.
type guide struct {
	door       *door
	vault      *vault.Vault
	assessment *questionnaires.Assessment
	typed      *bufio.Reader
}

var (
	errGuideEnds = errors.New("the guide ends")
	errGuideBack = errors.New("the question before")
)

func (g *guide) run(ctx context.Context, from questionnaires.RequirementID, all bool) error {
	var asked []questionnaires.Requirement
	for _, r := range g.assessment.Requirements() {
		if r.ID.Compare(from) >= 0 && (all || r.ID == from || len(g.assessment.ProblemsOf(r.ID)) > 0) {
			asked = append(asked, r)
		}
	}
	for i := 0; i < len(asked); i++ {
		switch err := g.question(ctx, asked[i]); {
		case errors.Is(err, errGuideEnds):
			i = len(asked)
		case errors.Is(err, errGuideBack):
			i = max(-1, i-2)
		case err != nil:
			return err
		}
	}
	progress, problems := g.assessment.Progress(), g.assessment.ProblemsOn(g.assessment.DayAt(g.door.now()))
	fmt.Fprintf(g.door.out, "\nanswered %d of %d, %s\n", progress.Answered, progress.Total, counted(len(problems), "problem", "problems"))
	if len(problems) > 0 {
		return errAttention
	}
	return nil
}

// question shows one question and saves what is answered. What a rule refuses is said,
// and asked again with what was typed.
func (g *guide) question(ctx context.Context, r questionnaires.Requirement) error {
	form, err := g.door.questionOf(g.assessment, r)
	if err != nil {
		return err
	}
	fmt.Fprintln(g.door.out)
	g.door.printQuestion(form, r)
	answer := g.assessment.Own(r.ID).Answer
	answer.Requirement = r.ID
	for {
		if err := g.fill(r, &answer); err != nil {
			return err
		}
		draft, err := g.assessment.Answer(answer)
		if err == nil && !g.assessment.Changes(draft) {
			return nil
		}
		if err == nil {
			if _, err := g.vault.Append(ctx, draft); err != nil {
				return err
			}
			break
		}
		fmt.Fprintf(g.door.out, "%s\n", kube.Printable(err.Error()))
	}
	a, err := g.door.assessmentOf(ctx, g.vault, string(g.assessment.Details.ID))
	if err != nil {
		return err
	}
	g.assessment = a
	fmt.Fprintf(g.door.out, "%s  %s, saved\n", r.ID, a.Current(r.ID).Response.Title())
	for _, p := range a.ProblemsOf(r.ID) {
		fmt.Fprintf(g.door.out, "%s  problem: %s\n", r.ID, p.Sentence)
	}
	return nil
}

// fill asks for every place of an answer that its response has.
func (g *guide) fill(r questionnaires.Requirement, answer *questionnaires.Answer) error {
	if procedures := r.Procedures(); g.assessment.Questionnaire.PerProcedure && len(procedures) > 1 {
		if err := g.findings(procedures, answer); err != nil {
			return err
		}
	} else if err := g.choose("Response", g.assessment.Questionnaire.Responses, &answer.Response); err != nil {
		return err
	}
	if answer.Response == questionnaires.Unanswered && len(answer.Procedures) == 0 {
		return nil
	}
	if err := g.text("Narrative", &answer.Narrative); err != nil {
		return err
	}
	if !g.assessment.Questionnaire.PerProcedure || len(answer.Procedures) == 0 {
		if err := g.evidence("Evidence", &answer.Evidence); err != nil {
			return err
		}
	}
	if g.assessment.Questionnaire.DescribesResults {
		if err := g.text("Description of results", &answer.Results); err != nil {
			return err
		}
	}
	switch answer.Response {
	case questionnaires.InPlaceWithCCW:
		return g.worksheet(&answer.Worksheet)
	case questionnaires.NotInPlace:
		target := string(answer.Remedy.Target)
		if err := errors.Join(g.text("Target date", &target), g.text("Action plan", &answer.Remedy.Plan)); err != nil {
			return err
		}
		answer.Remedy.Target = questionnaires.Day(target)
	case questionnaires.NotTested:
		return g.text("What was left out", &answer.Untested)
	case questionnaires.Unanswered, questionnaires.InPlace, questionnaires.NotApplicable:
	}
	return nil
}

// findings asks for what was found of each testing procedure.
func (g *guide) findings(procedures []questionnaires.Procedure, answer *questionnaires.Answer) error {
	four := slices.DeleteFunc(slices.Clone(g.assessment.Questionnaire.Responses), func(r questionnaires.Response) bool { return r == questionnaires.InPlaceWithCCW })
	for _, p := range procedures {
		i := slices.IndexFunc(answer.Procedures, func(given questionnaires.ProcedureAnswer) bool { return given.Letter == p.Letter })
		given := questionnaires.ProcedureAnswer{Letter: p.Letter}
		if i >= 0 {
			given = answer.Procedures[i]
		}
		if err := g.choose(p.String(), four, &given.Finding); err != nil {
			return err
		}
		if given.Finding == questionnaires.Unanswered {
			continue
		}
		if err := errors.Join(g.text("Reporting answer", &given.Reporting), g.evidence("References", &given.References)); err != nil {
			return err
		}
		if i >= 0 {
			answer.Procedures[i] = given
		} else {
			answer.Procedures = append(answer.Procedures, given)
		}
	}
	found := make([]questionnaires.Response, len(procedures))
	for i, p := range procedures {
		for _, given := range answer.Procedures {
			if given.Letter == p.Letter {
				found[i] = given.Finding
			}
		}
	}
	answer.Response = questionnaires.RollUp(found)
	return nil
}

// worksheet asks for the parts of a compensating control worksheet.
func (g *guide) worksheet(w *questionnaires.Worksheet) error {
	for _, place := range []struct {
		label string
		text  *string
	}{
		{"Constraints", &w.Constraints},
		{"Definition of the controls", &w.Definition},
		{"Objective of the original control", &w.Objective},
		{"Objective met", &w.ObjectiveMet},
		{"Identified risk", &w.Risk},
		{"Validation", &w.Validation},
		{"Maintenance", &w.Maintenance},
	} {
		if err := g.text(place.label, place.text); err != nil {
			return err
		}
	}
	return nil
}

// read asks for a line. Its end is that of the guide.
func (g *guide) read(label, stands string) (string, error) {
	if stands != "" {
		stands = " [" + kube.Printable(stands) + "]"
	}
	fmt.Fprintf(g.door.out, "%s%s: ", label, stands)
	line, err := g.typed.ReadString('\n')
	if !g.door.asks() { // nobody's key ended the line
		fmt.Fprintln(g.door.out)
	}
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		fmt.Fprintln(g.door.out)
		return "", errGuideEnds
	}
	return strings.TrimSpace(line), nil
}

// text asks for a text; nothing typed leaves it, - empties it.
func (g *guide) text(label string, into *string) error {
	switch line, err := g.read(label, *into); {
	case err != nil:
		return err
	case line == "-":
		*into = ""
	case line != "":
		*into = line
	}
	return nil
}

// choose asks for one of some responses, by its number or its text. Nothing typed
// leaves what stands, and nothing is chosen by itself.
func (g *guide) choose(label string, offered []questionnaires.Response, into *questionnaires.Response) error {
	for i, r := range offered {
		fmt.Fprintf(g.door.out, "  %d  %s\n", i+1, r.Title())
	}
	stands := ""
	if *into != questionnaires.Unanswered {
		stands = into.Title()
	}
	for {
		line, err := g.read(label, stands)
		switch n, parsing := strconv.Atoi(line); {
		case err != nil:
			return err
		case line == "":
			return nil
		case line == "q":
			return errGuideEnds
		case line == "b":
			return errGuideBack
		case line == "-":
			*into = questionnaires.Unanswered
			return nil
		case parsing == nil && n >= 1 && n <= len(offered):
			*into = offered[n-1]
			return nil
		}
		if r, err := questionnaires.ParseResponse(line); err == nil && slices.Contains(offered, r) {
			*into = r
			return nil
		}
		fmt.Fprintf(g.door.out, "Type a number from 1 to %d, nothing to leave it, b for the question before, q to end.\n", len(offered))
	}
}

// evidence asks for numbers of evidence, and asks again where one is none.
func (g *guide) evidence(label string, into *[]questionnaires.ID) error {
	for {
		var stands []string
		for _, id := range *into {
			if item, known := g.assessment.Evidence(id); known {
				stands = append(stands, item.Label())
			}
		}
		line, err := g.read(label, strings.Join(stands, ", "))
		switch {
		case err != nil:
			return err
		case line == "":
			return nil
		case line == "-":
			*into = nil
			return nil
		}
		var ids []questionnaires.ID
		for _, name := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' }) {
			if _, err := strconv.Atoi(name); err == nil {
				name = "Evidence-" + name
			}
			item, finding := g.assessment.EvidenceByLabel(name)
			if finding != nil {
				fmt.Fprintln(g.door.out, kube.Printable(finding.Error()))
				err = finding
				break
			}
			ids = append(ids, item.ID)
		}
		if err == nil {
			*into = ids
			return nil
		}
	}
}
