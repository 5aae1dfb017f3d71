package checks

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"

	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

var signingRequestKind = engine.Kind{Group: certificatesv1.GroupName, Kind: "CertificateSigningRequest"}

// Check certificates-without-system-masters.
//
// Judges every CertificateSigningRequest that the cluster still keeps, by the subject
// in the request itself. Fails where it asks for the group system:masters and was not
// denied: such a certificate passes every role and cannot be revoked. Passes for one
// that names other groups, with the name it is for, and for one that was denied or
// failed. Unknown where the request cannot be read.
//
// A cluster keeps requests for hours, and certificates that were made beside it
// (kubeadm's admin.conf) leave no request: an empty list shows little.
func certificatesWithoutMasters() check {
	return check{id: "certificates-without-system-masters", version: 1, needs: []engine.Kind{signingRequestKind}, eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, r := range engine.All[certificatesv1.CertificateSigningRequest](v, signingRequestKind) {
			details = append(details, judgeRequest(r.Value).of(r.Ref, r.Digest))
		}
		return details
	}}
}

func judgeRequest(r *certificatesv1.CertificateSigningRequest) finding {
	const field = "spec.request"
	asked, err := readRequest(r.Spec.Request)
	if err != nil {
		return unknown(field, nil, "The request cannot be read, so that whom it is for is not known: %v", err)
	}
	type subject struct {
		Name   string   `json:"name"`
		Groups []string `json:"groups"`
	}
	of := subject{asked.Subject.CommonName, asked.Subject.Organization}
	decided := func(t certificatesv1.RequestConditionType) bool {
		return slices.ContainsFunc(r.Status.Conditions, func(c certificatesv1.CertificateSigningRequestCondition) bool {
			return c.Type == t && (c.Status == "" || c.Status == corev1.ConditionTrue)
		})
	}
	switch {
	case !slices.Contains(of.Groups, rbac.Masters.Name):
		return passes(field, of, "It is for %q with the signer %s, and not for system:masters", of.Name, r.Spec.SignerName)
	case decided(certificatesv1.CertificateDenied) || decided(certificatesv1.CertificateFailed):
		return passes(field, of, "It asked for system:masters for %q, and was refused", of.Name)
	case decided(certificatesv1.CertificateApproved):
		return fails(field, of, "A certificate of system:masters was approved for %q: it passes every role, and cannot be revoked", of.Name)
	}
	return fails(field, of, "It asks for a certificate of system:masters for %q, and was not denied", of.Name)
}

// largestRequest is more than any key that is in use needs.
const largestRequest = 64 << 10

// readRequest reads a PKCS #10 request in PEM. What it says of itself is not verified:
// the signer would.
func readRequest(text []byte) (*x509.CertificateRequest, error) {
	if len(text) > largestRequest {
		return nil, errors.New("it is larger than 64 KiB")
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return nil, errors.New("it holds no certificate request in PEM")
	}
	asked, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, errors.New("it is no PKCS #10 request")
	}
	return asked, nil
}
