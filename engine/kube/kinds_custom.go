package kube

import "tickmark/engine"

const (
	groupPolicy          = "policy.networking.k8s.io"
	groupCilium          = "cilium.io"
	groupCalico          = "crd.projectcalico.org"
	groupCalicoAPI       = "projectcalico.org"
	groupAntrea          = "crd.antrea.io"
	groupOVN             = "k8s.ovn.org"
	groupIstio           = "networking.istio.io"
	groupIstioSecurity   = "security.istio.io"
	groupLinkerd         = "policy.linkerd.io"
	groupGateway         = "gateway.networking.k8s.io"
	groupExternalSecrets = "external-secrets.io"
	groupCertManager     = "cert-manager.io"
	groupTrivy           = "aquasecurity.github.io"
	groupAWS             = "networking.k8s.aws"
	groupMultus          = "k8s.cni.cncf.io"
	groupKubeVirt        = "kubevirt.io"
	groupPolicyReport    = "wgpolicyk8s.io"
	groupOpenReports     = "openreports.io"
	groupKyverno         = "kyverno.io"
	groupKyvernoCEL      = "policies.kyverno.io"
)

// customKinds are the kinds that others than Kubernetes define and that checks and
// the analysis of the network read. They are asked for where discovery lists them.
var customKinds = append(templateKinds(), []kind{
	// policies and networks
	declared(groupPolicy, "AdminNetworkPolicy", "adminnetworkpolicies", false),
	declared(groupPolicy, "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", false),
	declared(groupPolicy, "ClusterNetworkPolicy", "clusternetworkpolicies", false),
	declared(groupCilium, "CiliumNetworkPolicy", "ciliumnetworkpolicies", true),
	declared(groupCilium, "CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", false),
	declared(groupCalico, "NetworkPolicy", "networkpolicies", true),
	declared(groupCalico, "GlobalNetworkPolicy", "globalnetworkpolicies", false),
	declared(groupCalico, "StagedNetworkPolicy", "stagednetworkpolicies", true),
	declared(groupCalico, "Tier", "tiers", false),
	declared(groupCalicoAPI, "NetworkPolicy", "networkpolicies", true),
	declared(groupCalicoAPI, "GlobalNetworkPolicy", "globalnetworkpolicies", false),
	declared(groupCalicoAPI, "Tier", "tiers", false),
	declared(groupAntrea, "NetworkPolicy", "networkpolicies", true),
	declared(groupAntrea, "ClusterNetworkPolicy", "clusternetworkpolicies", false),
	declared(groupAntrea, "Tier", "tiers", false),
	declared(groupOVN, "EgressFirewall", "egressfirewalls", true),
	declared(groupOVN, "AdminPolicyBasedExternalRoute", "adminpolicybasedexternalroutes", false),
	declared(groupOVN, "UserDefinedNetwork", "userdefinednetworks", true),
	declared(groupOVN, "ClusterUserDefinedNetwork", "clusteruserdefinednetworks", false),
	declared(groupAWS, "ApplicationNetworkPolicy", "applicationnetworkpolicies", true),
	declared(groupAWS, "ClusterNetworkPolicy", "clusternetworkpolicies", false),
	declared(groupMultus, "NetworkAttachmentDefinition", "network-attachment-definitions", true),
	declared(groupMultus, "MultiNetworkPolicy", "multi-networkpolicies", true),
	declared(groupIstioSecurity, "AuthorizationPolicy", "authorizationpolicies", true),
	declared(groupIstioSecurity, "PeerAuthentication", "peerauthentications", true),
	declared(groupIstio, "Gateway", "gateways", true),
	declared(groupIstio, "Sidecar", "sidecars", true),
	declared(groupIstio, "VirtualService", "virtualservices", true),
	declared(groupIstio, "ServiceEntry", "serviceentries", true),
	declared(groupLinkerd, "Server", "servers", true),
	declared(groupLinkerd, "AuthorizationPolicy", "authorizationpolicies", true),
	declared(groupLinkerd, "ServerAuthorization", "serverauthorizations", true),
	declared("consul.hashicorp.com", "ServiceIntentions", "serviceintentions", true),
	declared(groupKubeVirt, "VirtualMachine", "virtualmachines", true),
	declared(groupKubeVirt, "VirtualMachineInstance", "virtualmachineinstances", true),
	// ways in
	declared(groupGateway, "GatewayClass", "gatewayclasses", false),
	declared(groupGateway, "Gateway", "gateways", true),
	declared(groupGateway, "HTTPRoute", "httproutes", true),
	declared(groupGateway, "GRPCRoute", "grpcroutes", true),
	declared(groupGateway, "TLSRoute", "tlsroutes", true),
	declared(groupGateway, "TCPRoute", "tcproutes", true),
	declared(groupGateway, "UDPRoute", "udproutes", true),
	declared(groupGateway, "ReferenceGrant", "referencegrants", true),
	declared("route.openshift.io", "Route", "routes", true),
	// secrets and certificates
	declared(groupExternalSecrets, "ExternalSecret", "externalsecrets", true),
	declared(groupExternalSecrets, "ClusterExternalSecret", "clusterexternalsecrets", false),
	declared(groupExternalSecrets, "SecretStore", "secretstores", true),
	declared(groupExternalSecrets, "ClusterSecretStore", "clustersecretstores", false),
	declared("secrets-store.csi.x-k8s.io", "SecretProviderClass", "secretproviderclasses", true),
	declared("bitnami.com", "SealedSecret", "sealedsecrets", true),
	declared(groupCertManager, "Certificate", "certificates", true),
	declared(groupCertManager, "Issuer", "issuers", true),
	declared(groupCertManager, "ClusterIssuer", "clusterissuers", false),
	// admission and runtime
	declared(groupKyverno, "ClusterPolicy", "clusterpolicies", false),
	declared(groupKyverno, "Policy", "policies", true),
	declared(groupKyvernoCEL, "ValidatingPolicy", "validatingpolicies", false),
	declared(groupKyvernoCEL, "ImageValidatingPolicy", "imagevalidatingpolicies", false),
	declared(groupKyvernoCEL, "NamespacedValidatingPolicy", "namespacedvalidatingpolicies", true),
	declared(groupKyvernoCEL, "NamespacedImageValidatingPolicy", "namespacedimagevalidatingpolicies", true),
	declared(groupKyverno, "PolicyException", "policyexceptions", true),
	declared(groupKyvernoCEL, "PolicyException", "policyexceptions", true),
	declared("config.openshift.io", "ClusterImagePolicy", "clusterimagepolicies", false),
	declared("config.openshift.io", "ImagePolicy", "imagepolicies", true),
	declared("externaldata.gatekeeper.sh", "Provider", "providers", false),
	declared("templates.gatekeeper.sh", "ConstraintTemplate", "constrainttemplates", false),
	declared(engine.ConstraintKind.Group, engine.ConstraintKind.Kind, everyResource, false),
	declared("policy.sigstore.dev", "ClusterImagePolicy", "clusterimagepolicies", false),
	declared(groupCilium, "TracingPolicy", "tracingpolicies", false),
	declared(groupCilium, "TracingPolicyNamespaced", "tracingpoliciesnamespaced", true),
	declared("fileintegrity.openshift.io", "FileIntegrity", "fileintegrities", true),
	declared("fileintegrity.openshift.io", "FileIntegrityNodeStatus", "fileintegritynodestatuses", true),
	declared("security.openshift.io", "SecurityContextConstraints", "securitycontextconstraints", false),
	declared("security.kubearmor.com", "KubeArmorPolicy", "kubearmorpolicies", true),

	// what scanners and policy engines report
	reported(groupTrivy, "VulnerabilityReport", "vulnerabilityreports", true),
	reported(groupTrivy, "ClusterVulnerabilityReport", "clustervulnerabilityreports", false),
	reported(groupTrivy, "ConfigAuditReport", "configauditreports", true),
	reported(groupTrivy, "ExposedSecretReport", "exposedsecretreports", true),
	reported(groupTrivy, "ClusterComplianceReport", "clustercompliancereports", false),
	reported("spdx.softwarecomposition.kubescape.io", "VulnerabilityManifestSummary", "vulnerabilitymanifestsummaries", true),
	reported(groupPolicyReport, "PolicyReport", "policyreports", true),
	reported(groupPolicyReport, "ClusterPolicyReport", "clusterpolicyreports", false),
	reported(groupOpenReports, "Report", "reports", true),
	reported(groupOpenReports, "ClusterReport", "clusterreports", false),
	reported("secscan.quay.redhat.com", "ImageManifestVuln", "imagemanifestvulns", true),
}...)

// templateKinds are the kinds of others whose objects hold what pods are made of.
func templateKinds() []kind {
	var all []kind
	for _, t := range engine.PodTemplates() {
		if t.Kind.Group != "" {
			k := declared(t.Kind.Group, t.Kind.Kind, t.Resource, !t.Cluster)
			all = append(all, k)
		}
	}
	return all
}

// everyResource is the resource of a kind that stands for all of its group, each of
// which people name themselves.
const everyResource = "*"

// family reports whether the row stands for all kinds of its group.
func (k kind) family() bool { return k.resource == everyResource }

// familyOf returns the row that stands for a kind which is none of the table, and
// whether there is one.
func familyOf(of engine.Kind) (engine.Kind, bool) {
	return engine.ConstraintKind, of.Group == engine.ConstraintKind.Group
}

// hidesPods reports whether what is not seen of a kind may be pods: of a PodTemplate,
// of which none come by itself, only one that is there and could not be read.
func hidesPods(g engine.Gap) bool {
	of, is := engine.PodTemplateOf(g.Kind)
	return is && g.Reason != engine.NotInstalled && (of.Makes || g.Name != "")
}

// declared is a kind by which people configure something: where the server does
// not know it, nothing of it is in force.
func declared(group, name, resource string, namespaced bool) kind {
	k := reported(group, name, resource, namespaced)
	k.effectless = true
	return k
}

// reported is a kind in which a tool leaves what it found: where the server does
// not know it, nothing was looked at by this tool, which is no finding.
func reported(group, name, resource string, namespaced bool) kind {
	return kind{of: engine.Kind{Group: group, Kind: name}, resource: resource, namespaced: namespaced, custom: true}
}
