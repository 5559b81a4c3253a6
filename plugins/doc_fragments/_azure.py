# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: this fragment may change at any time. Do not use it outside acr.tasks.

from __future__ import annotations


class ModuleDocFragment:
    """Sign-in and retries: what every module accepts. Keep in step with AUTH_SPEC and COMMON_SPEC in _module.py."""

    DOCUMENTATION = r"""
options:
  auth_source:
    description:
      - Where the sign-in comes from.
      - V(auto) takes the first source that names somebody. In this order, the module's options, environment
        variables, the profile V(default) of C(~/.azure/credentials), the Azure CLI, and, where O(subscription_id) is
        the only thing known, the managed identity of the machine.
      - V(env) reads the environment variables only, V(cli) uses who signed in with C(az login), V(msi) uses the managed
        identity of the machine that runs the module, V(credential_file) a profile of C(~/.azure/credentials).
      - Sources are never mixed. If O(client_id) is an option, then everything else for the sign-in must be one too.
        An empty value counts as not given.
      - Can also be set with the environment variable E(ANSIBLE_AZURE_AUTH_SOURCE).
    type: str
    default: auto
    choices:
      - auto
      - cli
      - env
      - credential_file
      - msi
  profile:
    description:
      - A profile in C(~/.azure/credentials). Not supported yet, the module fails if it is given.
      - Environment variable E(AZURE_PROFILE).
    type: str
  subscription_id:
    description:
      - The subscription, by its GUID. Not needed where everything is given by full resource id.
      - Environment variable E(AZURE_SUBSCRIPTION_ID). With the Azure CLI the default is its current subscription.
    type: str
  client_id:
    description:
      - The application (client) id of a service principal. With O(auth_source=msi) that of a user-assigned identity
        of the machine.
      - Environment variable E(AZURE_CLIENT_ID).
    type: str
  secret:
    description:
      - The client secret of the service principal.
      - Environment variable E(AZURE_SECRET).
    type: str
  tenant:
    description:
      - The tenant of the service principal, by GUID or by domain name.
      - Environment variable E(AZURE_TENANT), or E(AZURE_TENANT_ID) if that is not set.
    type: str
  ad_user:
    description:
      - The name of a user to sign in as. Not supported yet, the module fails if it would be used.
      - Environment variable E(AZURE_AD_USER).
    type: str
  password:
    description:
      - The password of O(ad_user). Not supported yet.
      - Environment variable E(AZURE_PASSWORD).
    type: str
  cloud_environment:
    description:
      - The Azure cloud, V(AzureCloud), V(AzureChinaCloud) or V(AzureUSGovernment), or the URL of its Resource Manager.
      - Environment variable E(AZURE_CLOUD_ENVIRONMENT), where the sign-in comes from the environment.
        With the Azure CLI it is the cloud that it uses.
      - V(AzureCloud) if nothing else is said.
    type: str
  cert_validation_mode:
    description:
      - V(ignore) accepts any server certificate. Everything that is sent, secrets included, can then be read by whoever
        stands in between.
      - Environment variable E(AZURE_CERT_VALIDATION_MODE). The default is V(validate).
      - To trust a certificate authority of your own, set E(REQUESTS_CA_BUNDLE) to its file instead.
    type: str
    choices:
      - validate
      - ignore
  api_profile:
    description:
      - Accepted for the sake of shared defaults. It has no effect, each module knows its API versions.
    type: str
    default: latest
  adfs_authority_url:
    description:
      - The authority of an ADFS. Not supported yet, the module fails if it is given.
      - Environment variable E(AZURE_ADFS_AUTHORITY_URL).
    type: str
  log_mode:
    description:
      - Accepted for the sake of shared defaults. It has no effect.
    type: str
  log_path:
    description:
      - Accepted for the sake of shared defaults. It has no effect.
    type: str
  x509_certificate_path:
    description:
      - The certificate of a service principal. Not supported yet, the module fails if it would be used.
      - Environment variable E(AZURE_X509_CERTIFICATE_PATH).
    type: path
  thumbprint:
    description:
      - The thumbprint of the certificate in O(x509_certificate_path). Not supported yet.
      - Environment variable E(AZURE_THUMBPRINT).
    type: str
  disable_instance_discovery:
    description:
      - Accepted for the sake of shared defaults. The supported ways to sign in do not use instance discovery.
      - Environment variable E(AZURE_DISABLE_INSTANCE_DISCOVERY).
    type: bool
    default: false
  oidc_token:
    description:
      - A token of another identity provider. Not supported yet, the module fails if it would be used.
      - Environment variable E(AZURE_FEDERATED_TOKEN).
    type: str
  oidc_token_file_path:
    description:
      - A file with a token of another identity provider. Not supported yet, the module fails if it would be used.
      - Environment variable E(AZURE_FEDERATED_TOKEN_FILE).
    type: path
  retry_max_wait:
    description:
      - Seconds that one request may be waited for in total when Azure limits requests or has trouble.
      - If Azure asks for a longer pause, the module fails and says how long it would be.
    type: int
    default: 300
requirements:
  - python >= 3.11
  - azure-identity >= 1.19.0
  - azure-mgmt-core >= 1.5.0
notes:
  - For the sign-in, give options, set the environment variables named with them, or run C(az login) on the machine that
    runs the module. The options are those of the modules in azure.azcollection, so one
    C(module_defaults) for the group C(acr.tasks.azure) serves both collections.
  - Proxies are taken from E(HTTPS_PROXY) and E(NO_PROXY), certificate authorities from E(REQUESTS_CA_BUNDLE),
    E(CURL_CA_BUNDLE) or E(SSL_CERT_FILE).
"""
