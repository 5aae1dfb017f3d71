package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
)

// room is a screen that the list of all rooms leads to.
type room struct {
	name, about string // short enough that a terminal of 80 columns cuts nothing off
	also        string // further words that it is found by
	open        func(*Desk) Screen
}

// rooms are all screens that are not of one question, the most used first.
var rooms = []room{
	{"Requirements", "every question of the form", "", func(d *Desk) Screen { return newRequirements(d, questionnaires.RequirementID{}) }},
	{"Problems", "what stands between this and a report that is no draft", "", func(d *Desk) Screen { return newProblems(d) }},
	{"Evidence", "everything that was collected or attached", "", func(d *Desk) Screen { return newEvidenceList(d) }},
	{"Network", "who can reach whom, and the policies that decide it", "allow deny policy", func(d *Desk) Screen { return newNetwork(d) }},
	{"Requests", "what the client is asked for, and what came", "", func(d *Desk) Screen { return newRequests(d) }},
	{"Samples", "populations, and the sample sets drawn from them", "", func(d *Desk) Screen { return newSamples(d) }},
	{"Last year", "what this year began with, and what is followed up", "to be confirmed carried follow-ups", func(d *Desk) Screen { return newLastYear(d) }},
	{"Notes", "review notes: write, answer, close", "review notes", func(d *Desk) Screen { return newNotes(d) }},
	{"Stage", "lead review, QA, issue, amendments, section by section", "lead review QA conclusion acknowledgement", func(d *Desk) Screen { return newStages(d) }},
	{"Calendar", "what is due, was done or missed; changes, freshness", "due missed recurring changes", func(d *Desk) Screen { return newCalendar(d) }},
	{"Records", "scans, tests, attestations, training, reviews", "passed failed", func(d *Desk) Screen { return newActivities(d) }},
	{"Which SAQ", "the questions that decide on the form", "interview eligibility", func(d *Desk) Screen { return newInterview(d) }},
	{"Scope", "entity, channels, third parties, systems by class", "classes zones", func(d *Desk) Screen { return newScope(d) }},
	{"Engagement", "assessors, reviewer, dates, independence, sampling", "", func(d *Desk) Screen { return newEngagement(d) }},
	{"Risk analyses", "which set a frequency (12.3.1)", "", func(d *Desk) Screen { return newAnalyses(d) }},
	{"Accepted results", "failing results accepted for a time: approve, take back", "", func(d *Desk) Screen { return newAcceptances(d) }},
	{"Shared responsibility", "who holds what on managed Kubernetes", "", func(d *Desk) Screen { return newPlatforms(d) }},
	{"Assessments", "those of this vault: choose another, begin one", "", func(d *Desk) Screen { return newAssessments(d) }},
	{"Questionnaires", "every form with what it asks", "", func(d *Desk) Screen { return newForms(d) }},
	{"Keeping", "retention, archive, recipients, authors, copies, merge", "legal hold handoff expunge compact", func(d *Desk) Screen { return newKeeping(d) }},
	{"Collect", "look at the sources", "", func(d *Desk) Screen { return newCollect(d) }},
	{"Report", "print the report", "", func(d *Desk) Screen { return newReport(d) }},
}

// newRooms lists all rooms.
func newRooms(d *Desk) *Roll {
	return newRoll(d, "Go to", "Everything that belongs to the assessment and is not a question of it.", "", func() []rollRow {
		rows := make([]rollRow, len(rooms))
		for i, r := range rooms {
			rows[i] = rollRow{name: r.name, text: r.about, also: r.also, keys: []Binding{opens("go", "go there", "", func() tea.Cmd { return push(r.open(d)) })}}
		}
		return rows
	})
}
