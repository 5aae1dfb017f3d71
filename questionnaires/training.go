package questionnaires

import "fmt"

// Training is one round of training of people: on awareness (12.6.3) or secure coding
// (6.2.2).
type Training struct {
	Topic      string `json:"topic,omitempty"`
	Audience   string `json:"audience,omitempty"`   // who had to be trained
	Population *int   `json:"population,omitempty"` // how many they are
	Trained    *int   `json:"trained,omitempty"`    // how many were
	By         string `json:"by,omitempty"`
	atOnce
}

func (t Training) check(b *bounds) {
	b.text("topic of a training", t.Topic)
	b.text("audience of a training", t.Audience)
	b.line("trainer", t.By)
	b.count("people to be trained", valued(t.Population))
	b.count("people trained", valued(t.Trained))
}

func (t Training) broken(Day) []string {
	if t.Population != nil && t.Trained != nil && *t.Trained > *t.Population {
		return []string{fmt.Sprintf("%d were trained of %d: no more are trained than there are", *t.Trained, *t.Population)}
	}
	return nil
}

func (t Training) lacks([]RequirementID) []string {
	return missing([]field{
		{"topic", t.Topic}, {"who had to be trained", t.Audience}, {"how many they are", said(t.Population)}, {"how many were trained", said(t.Trained)},
	})
}

func (t Training) remains(RequirementID, Day, Day) []string {
	switch {
	case t.Population == nil || t.Trained == nil:
		return []string{"it is not recorded how many of how many were trained"}
	case *t.Population == 0:
		return []string{"nobody had to be trained"}
	case *t.Trained < *t.Population:
		return []string{fmt.Sprintf("%d of %d are not trained", *t.Population-*t.Trained, *t.Population)}
	}
	return nil
}

func (t Training) about() string {
	count := ""
	if t.Trained != nil && t.Population != nil {
		count = fmt.Sprintf("%d of %d", *t.Trained, *t.Population)
	}
	return phrase(t.Topic, t.Audience, count)
}
