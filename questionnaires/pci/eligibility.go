package pci

import (
	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// eligibilityFile is catalogue/eligibility.yaml as it is written.
type eligibilityFile struct {
	Merchants string                `json:"merchants"`
	Providers string                `json:"providers"`
	Reminder  string                `json:"reminder"`
	Questions []eligibilityQuestion `json:"questions"`
	Forms     []formCriteria        `json:"forms"`
}

type eligibilityQuestion struct {
	ID       string   `json:"id"`
	Text     string   `json:"text"`
	Help     string   `json:"help"`
	Earlier  []string `json:"earlier"`
	Channels []string `json:"channels"`
	Opens    string   `json:"opens"`
	Choices  []choice `json:"choices"`
}

type choice struct {
	Value    string   `json:"value"`
	Text     string   `json:"text"`
	Channels []string `json:"channels"`
}

type formCriteria struct {
	Form        string      `json:"form"`
	Name        string      `json:"name"`
	Channels    []string    `json:"channels"`
	Unsupported string      `json:"unsupported"`
	Criteria    []criterion `json:"criteria"`
}

type criterion struct {
	Question string    `json:"question"`
	Accepts  []string  `json:"accepts"`
	Where    condition `json:"where"`
	Text     string    `json:"text"`
}

type condition struct {
	Question string   `json:"question"`
	Is       []string `json:"is"`
}

// parseEligibility reads the questions and what the forms want, and gives them to a
// catalogue.
func parseEligibility(data []byte, c *questionnaires.Catalogue) (*questionnaires.Catalogue, error) {
	var file eligibilityFile
	l, err := sheet.ReadOwn("eligibility", data, &file)
	if err != nil {
		return nil, err
	}
	words := questionnaires.EligibilityWords{Merchants: file.Merchants, Providers: file.Providers, Reminder: file.Reminder}
	for i, q := range file.Questions {
		question, err := q.question()
		if err != nil {
			return nil, itemError(l, "questions", i, err)
		}
		words.Questions = append(words.Questions, question)
	}
	for i, f := range file.Forms {
		form, err := f.criteria()
		if err != nil {
			return nil, itemError(l, "forms", i, err)
		}
		words.Forms = append(words.Forms, form)
	}
	rules, err := questionnaires.NewEligibilityRules(words)
	if err != nil {
		return nil, wordsError(l, err)
	}
	with, err := c.WithEligibility(rules)
	return with, wordsError(l, err)
}

func (q eligibilityQuestion) question() (questionnaires.EligibilityQuestion, error) {
	question := questionnaires.EligibilityQuestion{ID: q.ID, Text: q.Text, Help: q.Help, Earlier: q.Earlier}
	var err error
	if question.Channels, err = readAll(q.Channels, questionnaires.ParsePaymentChannel); err != nil {
		return question, err
	}
	if q.Opens != "" {
		if question.Opens, err = questionnaires.ParsePaymentChannel(q.Opens); err != nil {
			return question, err
		}
	}
	for _, c := range q.Choices {
		offered := questionnaires.Choice{Value: c.Value, Text: c.Text}
		if offered.Channels, err = readAll(c.Channels, questionnaires.ParsePaymentChannel); err != nil {
			return question, err
		}
		question.Choices = append(question.Choices, offered)
	}
	return question, nil
}

func (f formCriteria) criteria() (questionnaires.FormCriteria, error) {
	form := questionnaires.FormCriteria{Form: f.Form, Name: f.Name, Unsupported: f.Unsupported}
	var err error
	if form.Channels, err = readAll(f.Channels, questionnaires.ParsePaymentChannel); err != nil {
		return form, err
	}
	for _, c := range f.Criteria {
		form.Criteria = append(form.Criteria, questionnaires.Criterion{
			Question: c.Question, Accepts: c.Accepts, Where: questionnaires.Condition{Question: c.Where.Question, Is: c.Where.Is}, Text: c.Text,
		})
	}
	return form, nil
}
