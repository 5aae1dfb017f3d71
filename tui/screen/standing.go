package screen

import (
	"slices"
	"strings"

	"tickmark/questionnaires"
)

func newStanding(h *questionnaires.History, a *questionnaires.Assessment, seen []questionnaires.TargetSeen) (standing, error) {
	var s standing
	var err error
	if s.Assessments, err = h.Assessments(); err != nil {
		return s, err
	}
	definitions, err := h.Definitions()
	if err != nil {
		return s, err
	}
	for _, d := range definitions {
		if d.Verified {
			s.Own = append(s.Own, d)
		}
	}
	if s.Analyses, err = h.RiskAnalyses(); err != nil {
		return s, err
	}
	if s.Acceptances, err = h.Acceptances(); err != nil {
		return s, err
	}
	s.Held = map[questionnaires.RequirementID][]questionnaires.Responsibility{}
	for _, platform := range questionnaires.Platforms() {
		inUse := slices.ContainsFunc(seen, func(t questionnaires.TargetSeen) bool { return looksLike(platform, t) })
		all := map[questionnaires.RequirementID]questionnaires.Responsibility{}
		for _, id := range a.Questionnaire.Requirements {
			all[id] = a.Responsibility(platform, id)
			inUse = inUse || all[id].Confirmed != nil || all[id].Conflict
		}
		if !inUse {
			continue
		}
		s.Platforms = append(s.Platforms, platform)
		for id, responsibility := range all {
			s.Held[id] = append(s.Held[id], responsibility)
		}
	}
	return s, nil
}

// looksLike reports whether a target names itself as one of a managed platform: by
// the version that the provider gives its servers. GKE does not tell its two modes
// apart there, and both are shown until one is confirmed.
func looksLike(platform questionnaires.Platform, t questionnaires.TargetSeen) bool {
	version, endpoint := t.Target.ServerVersion, t.Target.Endpoint
	switch platform {
	case questionnaires.EKS:
		return strings.Contains(version, "-eks-") || strings.Contains(endpoint, ".eks.amazonaws.com")
	case questionnaires.GKEStandard, questionnaires.GKEAutopilot:
		return strings.Contains(version, "-gke.")
	case questionnaires.AKS:
		return strings.Contains(endpoint, ".azmk8s.io")
	case questionnaires.UnknownPlatform:
	}
	return false
}
