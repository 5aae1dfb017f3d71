package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// statusForm is `status -o json`.
type statusForm struct {
	Entity        string            `json:"entity"`
	Vault         engine.Digest     `json:"vault"`
	Assessment    questionnaires.ID `json:"assessment"`
	Questionnaire string            `json:"questionnaire"`
	Name          string            `json:"name"`
	Head          engine.Digest     `json:"head"`
	VaultHead     engine.Digest     `json:"vaultHead"`
	Time          time.Time         `json:"time"`
	progressForm
	Problems    []questionnaires.Problem  `json:"problems"`
	Outcome     questionnaires.Outcome    `json:"outcome"`     // what the answers would allow; no conclusion
	Acceptances []acceptanceForm          `json:"acceptances"` // of failing results, whatever became of them
	Expiries    []questionnaires.Deadline `json:"expires"`
	Targets     []targetForm              `json:"targets"`
	besidesForm
}

// besidesForm is where a vault came from, and what is said beside the work in it.
type besidesForm struct {
	Received *originForm `json:"received,omitempty"`
	Notes    *notesForm  `json:"notes,omitempty"` // review notes
	// Stage is how far it is on its way to being issued, and what came since.
	Stage stageSummary `json:"stage"`
	// Quarantined are the files on which nobody decided yet, cited or not.
	Quarantined []string `json:"quarantined,omitempty"`
	undecided   string   // the same in words
}

// progressForm counts answers.
type progressForm struct {
	Answered   int             `json:"answered"`
	Total      int             `json:"total"`
	Responses  map[string]int  `json:"responses"`
	Principals []principalForm `json:"principals"`
	Procedures *procedureCount `json:"procedures,omitempty"` // where the form asks for them
	// Requests are those to the client, as they stand today.
	Requests questionnaires.RequestCounts `json:"requests"`
	LastYear *lastYearForm                `json:"lastYear,omitempty"` // where it was opened from a prior one
}

// procedureCount counts testing procedures.
type procedureCount struct {
	Found int `json:"found"`
	Total int `json:"total"`
}

type principalForm struct {
	ID           string `json:"id"`
	Title        string `json:"title"`
	Answered     int    `json:"answered"`
	Total        int    `json:"total"`
	Contradicted int    `json:"contradicted"`
	Unseen       int    `json:"unseen"`
}

type targetForm struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Ended   time.Time `json:"ended"`
	Objects int       `json:"objects"`
	Gaps    int       `json:"gaps"`
}

const statusHelp = `Shows how far an assessment is: progress, what its answers would allow an
attestation to say, what was accepted, what expires soon, its stage, and its problems.
The program concludes nothing; a named person does. Ends with 3 while it has problems,
or where something came since it was issued. --version shows an issued version as it
was on the day of its issue.

With a requirement it shows that question and all that bears on it: the answer, what
the evidence says of each testing procedure, analyses, who answers for it on managed
Kubernetes, and its problems.

With --due it lists by day what is due or ends: requests, what recurs and what changes
ask for, attestations, acceptances, reviews, target dates, and evidence that goes stale.
It ends with 3 while something of it is late, open after a change, or did not pass.

With --mine it shows what is yours, as the author whose key is in your folder: what you
answered and its problems, review notes that wait for you, acceptances that another
asked for, and what is due of it or names you. It ends with 3 while something waits.`

func (d *door) statusVerb() *cobra.Command {
	var o opening
	var format, version string
	var due dueChoice
	var mine bool
	verb := &cobra.Command{
		Use: "status VAULT [REQUIREMENT]", Short: "Progress per requirement, problems, what was last collected", Args: cobra.RangeArgs(1, 2),
		Long:              statusHelp,
		Example:           "  tickmark status shop.vault\n  tickmark status shop.vault 1.3.1 -o json\n  tickmark status shop.vault --due --within 30\n  tickmark status shop.vault --mine",
		ValidArgsFunction: completeRequirement,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.readOnly = true
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			d, a, err := d.asOf(a, version)
			if err != nil {
				return err
			}
			switch {
			case mine && (due.asked || len(args) > 1):
				return usagef("status: --mine is of the whole assessment, and of all that is yours")
			case due.asked && len(args) > 1, due.within >= 0 && !due.asked:
				return usagef("status: --due is of the whole assessment, and --within DAYS goes with it")
			case due.asked:
				return d.printDue(a, due, format)
			case mine:
				return d.printMine(a, format)
			case len(args) > 1:
				return d.questionStatus(a, args[1], format)
			}
			form, err := d.statusOfAssessment(a)
			if err != nil {
				return err
			}
			if form.Received, err = originOf(cmd.Context(), v); err != nil {
				return err
			}
			var me questionnaires.Author
			if s, err := d.author(); err == nil {
				me = s.Author
			}
			form.Notes = notesOf(a, me)
			if format == "json" {
				if err := json.NewEncoder(d.out).Encode(form); err != nil {
					return err
				}
			} else {
				if err := d.printStatus(form); err != nil {
					return err
				}
				d.warnOfOneKey(plainRecipients(v.Recipients()))
			}
			if len(form.Problems)+len(form.Stage.Since) > 0 {
				return errAttention
			}
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	due.flags(verb)
	verb.Flags().BoolVar(&mine, "mine", false, "show what is yours, and what waits for you")
	verb.Flags().StringVar(&version, "version", "", "`VERSION` that was issued, as it was then")
	return verb
}

// asOf is the door on the day of an issue, with what was issued; "" changes neither.
func (d *door) asOf(a *questionnaires.Assessment, version string) (*door, *questionnaires.Assessment, error) {
	if version == "" {
		return d, a, nil
	}
	v, then, err := a.Version(version)
	at := *d
	at.now = func() time.Time { return v.Time }
	return &at, then, err
}

func (d *door) statusOfAssessment(a *questionnaires.Assessment) (statusForm, error) {
	progress, history := a.Progress(), a.History()
	form := statusForm{
		Entity: a.Entity, Vault: history.Vault(), Assessment: a.Details.ID, Questionnaire: a.Details.Questionnaire, Name: a.Details.Name,
		Head: a.Head, VaultHead: history.Head(), Time: a.Time, Problems: a.ProblemsOn(a.DayAt(d.now())), Targets: []targetForm{},
		Outcome: a.Outcome(a.DayAt(d.now())), progressForm: progressForm{
			Answered: progress.Answered, Total: progress.Total, Responses: map[string]int{}, Principals: []principalForm{}, Procedures: proceduresOf(a),
			Requests: questionnaires.CountRequests(a.Requests(), questionnaires.DayOf(d.now())),
		},
	}
	accepted, err := history.Acceptances()
	if err != nil {
		return form, err
	}
	if form.Stage, err = d.summaryOf(a); err != nil {
		return form, err
	}
	form.Acceptances = d.acceptanceForms(history, accepted)
	undecided := history.Quarantined()
	for _, item := range undecided {
		form.Quarantined = append(form.Quarantined, item.Label())
	}
	form.undecided = questionnaires.UndecidedWords(undecided)
	if form.Expiries, err = a.Expiries(); err != nil {
		return form, err
	}
	for _, r := range append([]questionnaires.Response{questionnaires.Unanswered}, questionnaires.Responses()...) {
		form.Responses[r.String()] = progress.Responses[r]
	}
	for _, p := range progress.Principals {
		form.Principals = append(form.Principals, principalForm{p.ID.String(), p.Title, p.Answered, p.Total, p.Contradicted, p.Unseen})
	}
	if form.LastYear, err = d.lastYearOf(a); err != nil {
		return form, err
	}
	targets, err := history.LatestTargets()
	for _, seen := range targets {
		form.Targets = append(form.Targets, targetForm{seen.Target.ID, seen.Target.Name, seen.Shown(), seen.Objects, seen.Gaps})
	}
	return form, err
}

// proceduresOf counts the testing procedures of a form that asks for them.
func proceduresOf(a *questionnaires.Assessment) *procedureCount {
	if !a.Questionnaire.PerProcedure {
		return nil
	}
	var count procedureCount
	for _, id := range a.Questionnaire.Requirements {
		for _, p := range a.Procedures(id) {
			count.Total++
			if p.Finding != questionnaires.Unanswered {
				count.Found++
			}
		}
	}
	return &count
}

func (d *door) printStatus(form statusForm) error {
	procedures := ""
	if p := form.Procedures; p != nil {
		procedures = fmt.Sprintf(", %d of %d testing procedures", p.Found, p.Total)
	}
	fmt.Fprintf(d.out, "%s, %s\nanswered %d of %d%s, %d problems\n\n", form.Entity, form.Name, form.Answered, form.Total, procedures, len(form.Problems))
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, p := range form.Principals {
		fmt.Fprintf(w, "%s\t%d/%d\t  %s", p.ID, p.Answered, p.Total, p.Title)
		if p.Contradicted > 0 {
			fmt.Fprintf(w, ", evidence contradicts %d", p.Contradicted)
		}
		if p.Unseen > 0 {
			fmt.Fprintf(w, ", %d with something that could not be seen", p.Unseen)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(d.out)
	for _, t := range form.Targets {
		fmt.Fprintf(d.out, "collected  %s at %s, %d objects, %d gaps\n", t.Name, t.Ended.UTC().Format(time.RFC3339), t.Objects, t.Gaps)
	}
	if len(form.Targets) == 0 {
		fmt.Fprintln(d.out, "collected  nothing yet")
	}
	if form.Requests != (questionnaires.RequestCounts{}) {
		fmt.Fprintf(d.out, "requests   %s\n", form.Requests)
	}
	if form.undecided != "" {
		fmt.Fprintf(d.out, "evidence   %s\n", form.undecided)
	}
	fmt.Fprintf(d.out, "stage      %s, version %d\n", form.Stage.Stage.Title(), form.Stage.Version)
	d.printVersions(form.Stage)
	d.printLastYear(form.LastYear)
	d.printOutcome(form)
	d.printOrigin(form.Received)
	d.printNoteCount(form.Notes)
	fmt.Fprintf(d.out, "head       %s\nvault head %s\n\n", form.Head, form.VaultHead)
	const most = 20
	for i, p := range form.Problems {
		if i == most {
			fmt.Fprintf(d.out, "and %d more problems (-o json lists all)\n", len(form.Problems)-most)
			break
		}
		place := p.Requirement.String()
		if p.Requirement.IsZero() {
			place = "whole"
		}
		fmt.Fprintf(d.out, "%s  %s\n", place, p.Sentence)
	}
	return nil
}
