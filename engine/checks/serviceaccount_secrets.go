package checks

import (
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// Check no-lasting-token-secrets.
//
// Judges every Secret by its type. Fails for one of type
// kubernetes.io/service-account-token: it holds a token that never expires and that
// whoever reads the Secret keeps. Passes for all others. What Secrets hold is never
// looked at. Unknown where Secrets were not collected.
func noLastingTokenSecrets() check {
	return check{id: "no-lasting-token-secrets", version: 1, needs: []engine.Kind{secretKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, s := range engine.All[secret](v, secretKind) {
			details = append(details, judgeTokenSecret(s.Value).of(s.Ref, s.Digest))
		}
		return details
	}}
}

func judgeTokenSecret(s *secret) finding {
	const field = "type"
	switch {
	case s.Type == corev1.SecretTypeServiceAccountToken:
		used := "when it was last used does not stand with it"
		if last := s.Labels["kubernetes.io/legacy-token-last-used"]; last != "" {
			used = "last used on " + last
		}
		return fails(field, s.Type, "It holds a token of service account %s that never expires; %s", s.Annotations[corev1.ServiceAccountNameKey], used)
	case s.Type == "":
		return passes(field, nil, "It holds no token of a service account: its type is left out, which means Opaque")
	}
	return passes(field, s.Type, "It holds no token of a service account")
}
