package main

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// soon is how many days ahead the status tells what expires.
const soon = 90

// printOutcome says what the answers would allow, what was accepted, and what expires.
func (d *door) printOutcome(form statusForm) {
	o := form.Outcome
	switch o.Extent {
	case questionnaires.ExtentOpen:
		fmt.Fprintln(d.out, "extent     open: not everything is answered")
	case questionnaires.Full:
		fmt.Fprintln(d.out, "extent     full: everything was assessed")
	case questionnaires.PartialExtent:
		fmt.Fprintf(d.out, "extent     partial: Not Tested, wholly or in part: %s\n", some(o.NotTested))
	}
	if len(o.NotInPlace) > 0 {
		until := ""
		if o.Target != "" {
			until = fmt.Sprintf("; the latest target date is %s", o.Target)
		}
		fmt.Fprintf(d.out, "not met    Not in Place: %s%s\n", some(o.NotInPlace), until)
	}
	if len(o.Legal) > 0 {
		fmt.Fprintf(d.out, "law        Not in Place because of a law: %s\n", some(o.Legal))
	}
	fmt.Fprintf(d.out, "allows     %s\n", allowed(o))
	if mark := countAcceptances(form.Acceptances); mark != "" {
		fmt.Fprintf(d.out, "accepted   %s; none makes a requirement In Place\n", mark)
	}
	today := questionnaires.DayOf(d.now())
	ahead := questionnaires.DayOf(d.now().AddDate(0, 0, soon))
	for _, e := range form.Expiries {
		if e.Day > ahead {
			break
		}
		over := ""
		if e.Day < today {
			over = " (over)"
		}
		fmt.Fprintf(d.out, "expires    %s%s  %s\n", e.Day, over, strings.TrimSpace(e.Requirement.String()+" "+e.What))
	}
}

// allowed is what the answers would allow an attestation to say, as no conclusion.
func allowed(o questionnaires.Outcome) string {
	const note = " (as the answers stand; a named person concludes)"
	but := ""
	if o.Extent == questionnaires.PartialExtent {
		but = ", but for what was not tested"
	}
	switch o.Allows {
	case questionnaires.NonCompliant:
		return "non-compliant, with the target date" + but + note
	case questionnaires.LegalException:
		return "compliant, but with legal exception" + but + note
	case questionnaires.Compliant:
		return "compliant" + but + note
	case questionnaires.StatusOpen:
	}
	return "no statement yet: something is open or a problem"
}

func countAcceptances(all []acceptanceForm) string {
	count := map[questionnaires.AcceptanceState]int{}
	for _, f := range all {
		count[f.State]++
	}
	var words []string
	add := func(state questionnaires.AcceptanceState, word string) {
		if n := count[state]; n > 0 {
			words = append(words, fmt.Sprintf(word, plural(n, "failing result")))
		}
	}
	add(questionnaires.Accepted, "%s accepted")
	add(questionnaires.AcceptancePending, "%s waiting for approval")
	add(questionnaires.AcceptanceExpired, "of %s it expired")
	add(questionnaires.AcceptanceUnfit, "of %s it no longer fits")
	return strings.Join(words, ", ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// some names the first of many.
func some(ids []questionnaires.RequirementID) string {
	const most = 12
	var names []string
	for i, id := range ids {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(ids)-most))
			break
		}
		names = append(names, id.String())
	}
	return strings.Join(names, ", ")
}
