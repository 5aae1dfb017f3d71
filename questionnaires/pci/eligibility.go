package pci

import (
	"tickmark/questionnaires"
)

// eligibilityFile is catalogue/eligibility.yaml as it is written.
type eligibilityFile struct {
	Merchants string                `yaml:"merchants"`
	Providers string                `yaml:"providers"`
	Reminder  string                `yaml:"reminder"`
	Questions []eligibilityQuestion `yaml:"questions"`
	Forms     []formCriteria        `yaml:"forms"`
}

type eligibilityQuestion struct {
	ID       string   `yaml:"id"`
	Text     string   `yaml:"text"`
	Help     string   `yaml:"help"`
	Earlier  []string `yaml:"earlier"`
	Channels []string `yaml:"channels"`
	Opens    string   `yaml:"opens"`
	Choices  []choice `yaml:"choices"`
}

type choice struct {
	Value    string   `yaml:"value"`
	Text     string   `yaml:"text"`
	Channels []string `yaml:"channels"`
}

type formCriteria struct {
	Form        string      `yaml:"form"`
	Name        string      `yaml:"name"`
	Channels    []string    `yaml:"channels"`
	Unsupported string      `yaml:"unsupported"`
	Criteria    []criterion `yaml:"criteria"`
}

type criterion struct {
	Question string    `yaml:"question"`
	Accepts  []string  `yaml:"accepts"`
	Where    condition `yaml:"where"`
	Text     string    `yaml:"text"`
}

type condition struct {
	Question string   `yaml:"question"`
	Is       []string `yaml:"is"`
}

// parseEligibility reads the questions and what the forms want, and gives them to a
// catalogue.
func parseEligibility(data []byte, c *questionnaires.Catalogue) (*questionnaires.Catalogue, error) {
	var file eligibilityFile
	l, err := decode(data, &file)
	if err != nil {
		return nil, err
	}
	words := questionnaires.EligibilityWords{Merchants: file.Merchants, Providers: file.Providers, Reminder: file.Reminder}
	for i, q := range file.Questions {
		question, err := q.question()
		if err != nil {
			return nil, l.at("questions", i, err)
		}
		words.Questions = append(words.Questions, question)
	}
	for i, f := range file.Forms {
		form, err := f.criteria()
		if err != nil {
			return nil, l.at("forms", i, err)
		}
		words.Forms = append(words.Forms, form)
	}
	rules, err := questionnaires.NewEligibilityRules(words)
	if err != nil {
		return nil, l.of(err)
	}
	with, err := c.WithEligibility(rules)
	return with, l.of(err)
}

func (q eligibilityQuestion) question() (questionnaires.EligibilityQuestion, error) {
	question := questionnaires.EligibilityQuestion{ID: q.ID, Text: q.Text, Help: q.Help, Earlier: q.Earlier}
	var err error
	if question.Channels, err = channels(q.Channels); err != nil {
		return question, err
	}
	if q.Opens != "" {
		if question.Opens, err = questionnaires.ParsePaymentChannel(q.Opens); err != nil {
			return question, err
		}
	}
	for _, c := range q.Choices {
		offered := questionnaires.Choice{Value: c.Value, Text: c.Text}
		if offered.Channels, err = channels(c.Channels); err != nil {
			return question, err
		}
		question.Choices = append(question.Choices, offered)
	}
	return question, nil
}

func (f formCriteria) criteria() (questionnaires.FormCriteria, error) {
	form := questionnaires.FormCriteria{Form: f.Form, Name: f.Name, Unsupported: f.Unsupported}
	var err error
	if form.Channels, err = channels(f.Channels); err != nil {
		return form, err
	}
	for _, c := range f.Criteria {
		form.Criteria = append(form.Criteria, questionnaires.Criterion{
			Question: c.Question, Accepts: c.Accepts, Where: questionnaires.Condition{Question: c.Where.Question, Is: c.Where.Is}, Text: c.Text,
		})
	}
	return form, nil
}

func channels(texts []string) ([]questionnaires.PaymentChannel, error) {
	var all []questionnaires.PaymentChannel
	for _, text := range texts {
		channel, err := questionnaires.ParsePaymentChannel(text)
		if err != nil {
			return nil, err
		}
		all = append(all, channel)
	}
	return all, nil
}
