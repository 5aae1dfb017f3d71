package merchant

import (
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"

	"sigs.k8s.io/yaml"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// Who is assessed, by whom, in what, and over which time. Dates are the first and
// the last day of the period, in UTC.
const (
	Entity       = "Copperline Outfitters"
	Assessor     = "Mara Lindqvist"
	AssessorRole = "Internal Security Assessor"
	Target       = "prod-eu"
	Form         = "saq-d-merchant"
	PeriodStart  = "2026-01-01"
	PeriodEnd    = "2026-12-31"
)

// Contradicted is the one requirement that is answered In Place against what the
// cluster shows.
const Contradicted = "8.3.2"

// TestCard is a card number that brands publish for tests. It stands in a
// ConfigMap, and has to be redacted like a real one.
const TestCard = "4111111111111111"

//go:embed cluster/*.yaml
var cluster embed.FS

//go:embed documents/*.md
var documents embed.FS

//go:embed answers.yaml
var answers []byte

//go:embed scope.yaml
var scope []byte

//go:embed engagement.yaml
var engagement []byte

// Cluster returns the manifests of prod-eu, as its API server would give them out.
func Cluster() fs.FS { return folder(cluster, "cluster") }

// Documents returns the papers that the merchant provided.
func Documents() fs.FS { return folder(documents, "documents") }

func folder(files fs.FS, name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant of this file
	}
	return sub
}

// Answer is what the assessor says of one requirement: the text, and by name the
// evidence to attach to it. Checks stand for their latest results on Target,
// Documents for files of Documents.
type Answer struct {
	Requirement questionnaires.RequirementID `json:"requirement"`
	Response    questionnaires.Response      `json:"response"`
	Narrative   string                       `json:"narrative"`
	Target      questionnaires.Day           `json:"target,omitempty"`   // of Not in Place
	Plan        string                       `json:"plan,omitempty"`     // of Not in Place
	Untested    string                       `json:"untested,omitempty"` // what was left out
	Worksheet   questionnaires.Worksheet     `json:"worksheet,omitzero"` // of In Place with CCW
	Subtree     bool                         `json:"subtree,omitempty"`  // all below is Not Applicable
	Methods     []questionnaires.Method      `json:"methods,omitempty"`
	Checks      []string                     `json:"checks,omitempty"`
	Documents   []string                     `json:"documents,omitempty"`
}

// Answers returns the assessor's answers in the order of the form. An unknown
// field, response or method is an error.
func Answers() ([]Answer, error) {
	var all []Answer
	if err := yaml.UnmarshalStrict(answers, &all); err != nil {
		return nil, fmt.Errorf("read answers of %s: %w", Entity, err)
	}
	return all, nil
}

// Scope is what the merchant's assessments look at: the namespaces that store,
// process or transmit cardholder data, where it comes from, and with whom it is shared.
func Scope() questionnaires.Scope { return filled[questionnaires.Scope]("scope.yaml", scope) }

// Eligibility are the merchant's answers to which questionnaire fits, each to a
// question as questionnaires.ParseAsked reads it, in the order in which they are asked.
func Eligibility() [][2]string {
	return [][2]string{
		{"role", "merchant"},
		{"takes-card-present", "yes"},
		{"takes-mail-telephone", "no"},
		{"takes-e-commerce", "yes"},
		{"card-present/stores-electronically", "yes"},
		{"e-commerce/stores-electronically", "yes"},
	}
}

// Engagement is who assesses the merchant, and when.
func Engagement() questionnaires.Engagement {
	return filled[questionnaires.Engagement]("engagement.yaml", engagement)
}

func filled[T any](name string, text []byte) T {
	var noun T
	if _, err := sheet.Read(name, text, &noun); err != nil {
		panic(err) // the file is a constant of this package
	}
	return noun
}

// Canaries returns every string that must not leave the cluster: values of
// Secrets as they are and as the API writes them, tokens and passwords that stand
// where they should not, and the card number.
func Canaries() []string {
	all := make([]string, 0, 2*len(secretValues)+len(strayValues)+1)
	for _, value := range secretValues {
		all = append(all, value, base64.StdEncoding.EncodeToString([]byte(value)))
	}
	return append(append(all, strayValues[:]...), TestCard)
}

// secretValues stand in Secrets.
var secretValues = [...]string{
	"tickmark-canary-wildcard-certificate",
	"tickmark-canary-wildcard-private-key",
	"tickmark-canary-session-signing-key",
	"tickmark-canary-orders-db-password",
	"tickmark-canary-acquirer-certificate",
	"tickmark-canary-acquirer-private-key",
	"tickmark-canary-ledger-user",
	"tickmark-canary-ledger-password",
	"tickmark-canary-pay-certificate",
	"tickmark-canary-pay-private-key",
	"tickmark-canary-sftp-private-key",
	"tickmark-canary-ledger-readonly-password",
	"tickmark-canary-pos-bridge-host-key",
	"tickmark-canary-wrapped-data-key",
	"tickmark-canary-tokens-db-password",
	"tickmark-canary-alert-webhook-url",
	"tickmark-canary-registry-push-credentials",
}

// strayValues stand in the open: in ConfigMaps and in a variable of a container.
var strayValues = [...]string{
	"tickmark-canary-warehouse-token-4b81",
	"tickmark-canary-terminal-host-password",
	"tickmark-canary-image-signing-key",
}
