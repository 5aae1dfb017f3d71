package pci

import (
	"fmt"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// responsibilityFile is catalogue/responsibility.yaml as it is written.
type responsibilityFile struct {
	Version   int             `json:"version"`
	Platforms []platformWords `json:"platforms"`
	Duties    []duty          `json:"duties"`
}

type platformWords struct {
	Platform string `json:"platform"`
	Name     string `json:"name"`
	Provider string `json:"provider"`
	Matrix   string `json:"matrix"`
	Source   string `json:"source"`
}

type duty struct {
	Title        string            `json:"title"`
	Of           []string          `json:"of"`
	But          []string          `json:"but"`
	EKS          string            `json:"eks"`
	GKEStandard  string            `json:"gke-standard"`
	GKEAutopilot string            `json:"gke-autopilot"`
	AKS          string            `json:"aks"`
	Provider     string            `json:"provider"`
	Customer     string            `json:"customer"`
	Notes        map[string]string `json:"notes"`
	Source       string            `json:"source"`
}

// parseResponsibilities reads who does what on managed platforms, and gives it to a
// catalogue.
func parseResponsibilities(data []byte, c *questionnaires.Catalogue) (*questionnaires.Catalogue, error) {
	var file responsibilityFile
	l, err := sheet.ReadOwn("responsibility", data, &file)
	if err != nil {
		return nil, err
	}
	var platforms []questionnaires.PlatformWords
	for i, p := range file.Platforms {
		platform, err := questionnaires.ParsePlatform(p.Platform)
		if err != nil {
			return nil, itemError(l, "platforms", i, err)
		}
		platforms = append(platforms, questionnaires.PlatformWords{Platform: platform, Name: p.Name, Provider: p.Provider, Matrix: p.Matrix, Source: p.Source})
	}
	var duties []questionnaires.Duty
	for i, d := range file.Duties {
		read, err := d.read()
		if err != nil {
			return nil, itemError(l, "duties", i, fmt.Errorf("duty %q: %w", d.Title, err))
		}
		duties = append(duties, read)
	}
	matrix, err := questionnaires.NewResponsibilityMatrix(file.Version, platforms, duties)
	if err != nil {
		return nil, wordsError(l, err)
	}
	with, err := c.WithResponsibilities(matrix)
	return with, wordsError(l, err)
}

func (d duty) read() (questionnaires.Duty, error) {
	read := questionnaires.Duty{
		Title: d.Title, Provider: d.Provider, Customer: d.Customer, Source: d.Source,
		Parties: map[questionnaires.Platform]questionnaires.Party{}, Notes: map[questionnaires.Platform]string{},
	}
	var err error
	if read.Of, err = readAll(d.Of, questionnaires.ParseRequirementID); err != nil {
		return read, err
	}
	if read.But, err = readAll(d.But, questionnaires.ParseRequirementID); err != nil {
		return read, err
	}
	for platform, text := range map[questionnaires.Platform]string{
		questionnaires.EKS: d.EKS, questionnaires.GKEStandard: d.GKEStandard, questionnaires.GKEAutopilot: d.GKEAutopilot, questionnaires.AKS: d.AKS,
	} {
		if read.Parties[platform], err = questionnaires.ParseParty(text); err != nil {
			return read, fmt.Errorf("%s: %w", platform, err)
		}
	}
	for text, note := range d.Notes {
		platform, err := questionnaires.ParsePlatform(text)
		if err != nil {
			return read, err
		}
		read.Notes[platform] = note
	}
	return read, nil
}
