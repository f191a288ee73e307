"""
Who may enter by which door: reviewed by people, compared with the house by a test.

One line a door: its name (of the address, or of the command), the method, and what the
owner, a colleague of the same team without the right, a stranger of another team and an
anonymous visitor get. ``DENIED`` statuses must leave no row behind. A door that is not
here fails the test; so does a line without a door.
"""

ADDRESSES = """
# address                         method  owner colleague stranger anonymous

# open to everybody
healthz                           GET     200 200 200 200
readyz                            GET     200 200 200 200
set_language                      POST    302 302 302 302
identity:preferences              POST    302 302 302 302
api:openapi-json                  GET     200 200 200 200

# the way in
account_login                     GET     302 302 302 200
account_login                     POST    302 302 302 200
account_logout                    GET     200 200 200 302
account_logout                    POST    302 302 302 302
account_inactive                  GET     200 200 200 200
account_signup                    GET     302 302 302 200
account_signup                    POST    302 302 302 200
account_reauthenticate            GET     200 200 200 302
account_reauthenticate            POST    200 200 200 302
account_email                     GET     302 302 302 302
account_email_verification_sent   GET     200 200 200 200
account_change_password           GET     200 200 200 302
account_change_password           POST    200 200 200 302
account_set_password              GET     302 302 302 302
account_set_password              POST    302 302 302 302
account_reset_password            GET     200 200 200 200
account_reset_password            POST    302 302 302 302
account_reset_password_done       GET     200 200 200 200
account_reset_password_from_key   GET     200 200 200 200
account_reset_password_from_key   POST    200 200 200 200
account_reset_password_from_key_done GET  200 200 200 200
account_confirm_email             GET     200 200 200 200
account_confirm_email             POST    404 404 404 404
account_confirm_login_code        GET     302 302 302 302
openid_connect_login              GET     404 404 404 404
openid_connect_callback           GET     404 404 404 404
identity:new_password             GET     302 302 302 302
identity:new_password             POST    302 302 302 302

# second factors and sessions of one's own
mfa_index                         GET     200 200 200 302
mfa_authenticate                  GET     302 302 302 302
mfa_authenticate                  POST    302 302 302 302
mfa_reauthenticate                GET     302 302 302 302
mfa_reauthenticate                POST    302 302 302 302
mfa_activate_totp                 GET     200 200 200 302
mfa_activate_totp                 POST    200 200 200 302
mfa_deactivate_totp               GET     404 404 404 302
mfa_deactivate_totp               POST    404 404 404 302
mfa_view_recovery_codes           GET     404 404 404 302
mfa_generate_recovery_codes       GET     200 200 200 302
mfa_generate_recovery_codes       POST    200 200 200 302
mfa_download_recovery_codes       GET     404 404 404 302
mfa_list_webauthn                 GET     200 200 200 302
mfa_add_webauthn                  GET     200 200 200 302
mfa_add_webauthn                  POST    200 200 200 302
mfa_reauthenticate_webauthn       GET     302 302 302 302
mfa_remove_webauthn               GET     404 404 404 302
mfa_remove_webauthn               POST    404 404 404 302
mfa_edit_webauthn                 GET     404 404 404 302
mfa_edit_webauthn                 POST    404 404 404 302
mfa_login_webauthn                GET     302 302 302 302
mfa_login_webauthn                POST    302 302 302 302
usersessions_list                 GET     200 200 200 302
usersessions_list                 POST    302 302 302 302
identity:account                  GET     200 200 200 302
identity:account                  POST    302 302 302 302
identity:security                 GET     200 200 200 302
identity:sessions_end             POST    302 302 302 302
identity:session_end              POST    302 404 404 302

# people, teams, roles, tokens
identity:users                    GET     200 200 200 302
identity:user_create              GET     200 403 200 302
identity:user_create              POST    302 403 302 302
identity:user                     GET     200 200 404 302
identity:user                     POST    302 403 404 302
identity:user_roles               GET     200 403 404 302
identity:user_roles               POST    302 403 404 302
identity:user_password            GET     200 403 404 302
identity:user_password            POST    302 403 404 302
identity:user_two_factor          POST    302 403 404 302
identity:user_provider            POST    302 403 404 302
identity:user_sessions            POST    302 403 404 302
identity:user_deactivation        POST    302 403 404 302
identity:user_reactivation        POST    302 403 404 302
identity:oversight                GET     200 403 403 302
identity:access_days              GET     200 200 200 302
identity:access_days              POST    302 403 302 302
identity:access_day               GET     200 200 404 302
identity:access_day               POST    302 403 404 302
identity:my_duties                GET     200 200 200 302
identity:my_duty                  GET     200 200 200 302
identity:my_duty                  POST    302 302 302 302
identity:duties                   GET     200 403 403 302
identity:duty_create              GET     200 403 403 302
identity:duty_create              POST    302 403 403 302
identity:duty                     GET     200 404 404 302
identity:duty_edit                GET     200 404 404 302
identity:duty_edit                POST    302 404 404 302
identity:duty_version             GET     200 404 404 302
identity:duty_version             POST    302 404 404 302
identity:duty_record              GET     200 404 404 302
identity:duty_record              POST    302 404 404 302
identity:duty_reminder            POST    302 404 404 302
identity:duty_withdrawal          POST    302 404 404 302
identity:teams                    GET     200 200 200 302
identity:team_create              GET     200 403 403 302
identity:team_create              POST    302 403 403 302
identity:team                     GET     200 200 200 302
identity:team                     POST    302 403 403 302
identity:team_deletion            POST    302 403 403 302
identity:roles                    GET     200 403 403 302
identity:role_create              GET     200 403 403 302
identity:role_create              POST    302 403 403 302
identity:role                     GET     200 404 404 302
identity:role                     POST    302 404 404 302
identity:role_deletion            POST    302 404 404 302
identity:provider                 GET     200 403 403 302
identity:provider                 POST    302 403 403 302
identity:no_group                 POST    302 404 404 302
identity:who_sees                 GET     200 403 404 302
identity:tokens                   GET     200 200 200 302
identity:token_create             GET     200 403 200 302
identity:token_create             POST    200 403 200 302
identity:token_revocation         POST    302 403 404 302

# customers
customers:customers               GET     200 200 200 302
customers:customers               POST    302 403 302 302
customers:new_customer            GET     200 403 200 302
customers:new_customer            POST    302 403 302 302
customers:duplicates              POST    200 403 200 302
customers:no_point                GET     200 200 200 302
customers:new_point               GET     200 200 200 302
customers:results                 GET     200 200 200 302
customers:assign_form             GET     200 403 200 302
customers:segment_choice          GET     200 403 200 302
customers:tag_form                GET     200 403 200 302
customers:target_form             GET     200 403 200 302
customers:targets                 GET     302 302 302 302
customers:ownerless               GET     302 403 302 302
customers:trashed                 GET     200 403 200 302
customers:codes                   GET     200 403 403 302
customers:new_code                GET     200 403 403 302
customers:new_code                POST    302 403 403 302
customers:edit_code               GET     200 403 403 302
customers:edit_code               POST    302 403 403 302
customers:fields                  GET     200 403 403 302
customers:new_field               GET     200 403 403 302
customers:new_field               POST    302 403 403 302
customers:edit_field              GET     200 403 403 302
customers:edit_field              POST    302 403 403 302
customers:new_group               GET     200 403 403 302
customers:new_group               POST    302 403 403 302
customers:edit_group              GET     200 403 403 302
customers:edit_group              POST    302 403 403 302
customers:handlings               GET     200 403 403 302
customers:edit_handling           GET     200 403 403 302
customers:edit_handling           POST    302 403 403 302
customers:edit_tier_handling      GET     200 403 403 302
customers:edit_tier_handling      POST    302 403 403 302
customers:edit_segment_handling   GET     200 403 403 302
customers:edit_segment_handling   POST    302 403 403 302
customers:types                   GET     200 403 404 302
customers:types                   POST    302 403 404 302
customers:data_bank               GET     200 200 404 302
customers:data_bank_panel         GET     200 200 404 302
customers:investments             GET     200 200 200 302
customers:bonds                   GET     200 200 404 302
customers:bond_panel              GET     200 200 404 302
customers:new_bond                GET     200 403 404 302
customers:new_bond                POST    302 403 404 302
customers:no_bond                 POST    302 403 404 302
customers:bond_back               POST    302 403 404 302
customers:new_switching_cost      GET     200 403 404 302
customers:new_switching_cost      POST    302 403 404 302
customers:no_switching_cost       POST    302 403 404 302
customers:switching_cost_back     POST    302 403 404 302
customers:new_delivered_value     GET     200 403 404 302
customers:new_delivered_value     POST    302 403 404 302
customers:no_delivered_value      POST    302 403 404 302
customers:delivered_value_back    POST    302 403 404 302
customers:new_finding             GET     200 403 404 302
customers:new_finding             POST    302 403 404 302
customers:new_observation         GET     200 403 404 302
customers:new_observation         POST    302 403 404 302
customers:edit_finding            GET     200 403 404 302
customers:edit_finding            POST    302 403 404 302
customers:no_finding              POST    302 403 404 302
customers:finding_back            POST    302 403 404 302
customers:peers                   GET     200 200 200 302
customers:new_peer                GET     200 403 200 302
customers:new_peer                POST    302 403 302 302
customers:peer                    GET     200 200 404 302
customers:edit_peer               GET     200 403 404 302
customers:edit_peer               POST    302 403 404 302
customers:no_peer                 POST    302 403 404 302
customers:new_tip                 GET     200 403 404 302
customers:new_tip                 POST    302 403 404 302
customers:data_sets               GET     200 403 403 302
customers:new_data_set            GET     200 403 403 302
customers:new_data_set            POST    302 403 403 302
customers:edit_data_set           GET     200 403 403 302
customers:edit_data_set           POST    302 403 403 302
customers:no_data_set             POST    302 403 403 302
customers:new_contact             GET     200 403 404 302
customers:new_contact             POST    302 403 404 302
customers:new_cost                GET     200 403 404 302
customers:new_cost                POST    302 403 404 302
customers:edit_investment         GET     200 403 404 302
customers:edit_investment         POST    302 403 404 302
customers:no_investment           POST    302 403 404 302
customers:investment_back         POST    302 404 404 302
customers:plans                   GET     200 200 404 302
customers:plan                    GET     200 200 404 302
customers:new_plan                GET     200 403 404 302
customers:new_plan                POST    302 403 404 302
customers:edit_plan               GET     200 403 404 302
customers:edit_plan               POST    302 403 404 302
customers:new_line                GET     200 403 404 302
customers:new_line                POST    302 403 404 302
customers:edit_line               GET     200 403 404 302
customers:edit_line               POST    302 403 404 302
customers:no_line                 POST    302 403 404 302
customers:network                 GET     200 200 404 302
customers:network_panel           GET     200 200 404 302
customers:customer                GET     200 200 404 302
customers:credit                  GET     200 403 404 302
customers:credit_panel            GET     200 403 404 302
customers:credit_limit            GET     200 403 404 302
customers:credit_limit            POST    302 403 404 302
customers:new_credit_report       GET     200 403 404 302
customers:new_credit_report       POST    302 403 404 302
customers:no_credit_report        POST    302 403 404 302
customers:assess                  GET     200 403 404 302
customers:assess                  POST    302 403 404 302
customers:credit_due              GET     200 403 200 302
customers:credit_rules            GET     200 403 403 302
customers:credit_rules            POST    302 403 403 302
customers:birthdays               GET     200 200 200 302
customers:quality                 GET     200 200 200 302
customers:quality_rules           GET     200 403 403 302
customers:quality_rules           POST    302 403 403 302
customers:quality_panel           GET     200 200 404 302
customers:quality_confirmation    POST    302 403 404 302
customers:point_state             POST    302 403 404 302
customers:edit_customer           GET     200 403 404 302
customers:edit_customer           POST    302 403 404 302
customers:timeline                GET     200 200 404 302
customers:note                    POST    302 403 404 302
customers:state                   POST    302 403 404 302
customers:stage                   GET     200 403 404 302
customers:stage                   POST    302 403 404 302
customers:trash                   POST    302 403 404 302
customers:restore                 POST    302 403 404 302
customers:duplicate_pairs         GET     200 200 200 302
customers:duplicate_pairs         POST    302 403 302 302
customers:duplicate_pair          GET     302 404 404 302
customers:duplicate_dismissal     POST    302 404 404 302
customers:duplicate_reopening     POST    302 404 404 302
customers:merge                   GET     200 403 404 302
customers:merge                   POST    302 403 404 302
customers:merges                  GET     200 403 200 302
customers:merge_undo              POST    302 403 404 302
customers:handovers               GET     200 200 200 302
customers:new_handover            GET     200 403 200 302
customers:new_handover            POST    302 403 422 302
customers:handover                GET     200 200 404 302
customers:handover_state          GET     200 200 404 302
customers:handover_report         GET     200 200 404 302
customers:handover_undo           POST    302 403 404 302
customers:segments                GET     200 200 200 302
customers:new_segment             GET     200 403 200 302
customers:new_segment             POST    302 403 302 302
customers:segment_preview         POST    200 403 200 302
customers:segment                 GET     200 200 404 302
customers:segment_portrait        GET     200 200 404 302
customers:edit_segment            GET     200 403 404 302
customers:edit_segment            POST    302 403 404 302
customers:segment_refresh         POST    302 403 404 302
customers:segment_deletion        POST    302 403 404 302
customers:segment_restoration     POST    302 404 404 302
customers:segments_of             GET     200 200 404 302
customers:owners                  GET     200 200 404 302
customers:tags                    GET     200 403 404 302
customers:tags                    POST    302 403 404 302
customers:owner                   GET     200 403 404 302
customers:owner                   POST    302 403 404 302
customers:owner_back              POST    302 403 404 302
customers:mentions                GET     200 403 404 302
customers:edit_note               GET     200 403 404 302
customers:edit_note               POST    302 403 404 302
customers:note_history            GET     200 200 404 302
customers:pin_note                POST    302 403 404 302
customers:no_note                 POST    302 403 404 302
customers:note_back               POST    302 403 404 302
customers:files                   GET     200 200 404 302
foundation:working_days           GET     200 403 403 302
foundation:new_days               GET     200 403 403 302
foundation:new_days               POST    302 403 403 302
foundation:no_day                 POST    302 403 403 302
foundation:day_back               POST    302 403 403 302
files:upload                      POST    302 403 404 302
files:new                         GET     200 403 404 302
files:new                         POST    302 403 404 302
files:trashed                     GET     200 403 404 302
files:content                     GET     200 200 404 302
files:file                        GET     302 302 404 302
files:preview                     GET     200 200 404 302
files:edit                        GET     200 403 404 302
files:edit                        POST    302 403 404 302
files:trash                       POST    302 403 404 302
files:restore                     POST    302 403 404 302
customers:consents                GET     200 200 404 302
customers:consent_ledger          GET     200 200 404 302
customers:new_consent             GET     200 403 404 302
customers:new_consent             POST    302 403 404 302
customers:consent_withdrawal      GET     200 403 404 302
customers:consent_withdrawal      POST    302 403 404 302
customers:new_block               GET     200 403 404 302
customers:new_block               POST    302 403 404 302
customers:no_block                POST    302 403 404 302
customers:erasures                GET     200 403 200 302
customers:erasure                 GET     200 403 404 302
customers:new_erasure             GET     200 403 404 302
customers:new_erasure             POST    302 403 404 302
customers:new_subject_export      GET     200 403 404 302
customers:new_subject_export      POST    302 403 404 302
customers:subject_export          POST    200 403 404 302
customers:processing              GET     200 403 403 302
customers:retention               GET     200 403 403 302
customers:retention_rule          GET     200 403 403 302
customers:retention_rule          POST    302 403 403 302
customers:new_limit               GET     200 403 404 302
customers:new_limit               POST    302 403 404 302
customers:no_limit                POST    302 403 404 302
customers:contact_preference      GET     200 403 404 302
customers:contact_preference      POST    302 403 404 302
customers:ties                    GET     200 403 404 302
customers:new_share               GET     200 403 404 302
customers:new_share               POST    302 403 404 302
customers:no_share                POST    302 403 404 302
customers:placing                 GET     200 403 404 302
customers:placing                 POST    302 403 404 302
customers:territories             GET     200 403 403 302
customers:new_territory           GET     200 403 403 302
customers:new_territory           POST    302 403 403 302
customers:edit_territory          GET     200 404 404 302
customers:edit_territory          POST    302 404 404 302
customers:no_territory            POST    302 404 404 302
customers:new_wall                GET     200 403 404 302
customers:new_wall                POST    302 403 404 302
customers:no_wall                 POST    302 403 404 302
customers:consent_texts           GET     200 403 403 302
customers:new_consent_text        GET     200 403 403 302
customers:new_consent_text        POST    302 403 403 302
customers:reveal                  GET     200 403 404 302
customers:reveal                  POST    200 403 404 302
customers:new_relation            GET     200 403 404 302
customers:new_relation            POST    302 403 404 302
customers:no_relation             POST    302 403 404 302

# sales
sales:leads                       GET     200 200 200 302
sales:leads                       POST    302 302 302 302
sales:lead_pool                   GET     200 403 200 302
sales:lead_pool                   POST    302 403 302 302
sales:distribute_leads            POST    302 403 302 302
sales:new_lead                    GET     200 403 200 302
sales:new_lead                    POST    302 403 302 302
sales:trashed_leads               GET     200 403 200 302
sales:leads_of_customer           GET     200 200 404 302
sales:lead_rules                  GET     200 403 403 302
sales:lead_rules                  POST    302 403 403 302
sales:new_lead_rule               GET     200 403 403 302
sales:new_lead_rule               POST    302 403 403 302
sales:edit_lead_rule              GET     200 403 403 302
sales:edit_lead_rule              POST    302 403 403 302
sales:drop_lead_rule              POST    302 403 403 302
sales:shift_lead_rule             POST    302 403 403 302
sales:lead                        GET     200 200 404 302
sales:edit_lead                   GET     200 403 404 302
sales:edit_lead                   POST    302 403 404 302
sales:claim_lead                  POST    302 403 302 302
sales:contact_lead                GET     200 403 404 302
sales:contact_lead                POST    302 403 404 302
sales:convert_lead                GET     200 403 404 302
sales:convert_lead                POST    302 403 404 302
sales:discard_lead                GET     200 403 404 302
sales:discard_lead                POST    302 403 404 302
sales:assign_lead                 GET     200 403 404 302
sales:assign_lead                 POST    302 403 404 302
sales:release_lead                POST    302 403 404 302
sales:reopen_lead                 POST    302 403 404 302
sales:trash_lead                  POST    302 403 404 302
sales:restore_lead                POST    302 403 404 302
sales:opportunities               GET     200 200 200 302
sales:opportunities               POST    302 302 302 302
sales:board                       GET     200 200 200 302
sales:opportunity_outlook         GET     200 200 200 302
sales:opportunity_results         GET     200 200 200 302
sales:objection_tallies           GET     200 200 200 302
sales:new_objection               GET     200 403 404 302
sales:new_objection               POST    302 403 404 302
sales:objection_step              GET     200 403 404 302
sales:objection_step              POST    302 403 404 302
sales:remove_objection            POST    302 403 404 302
sales:restore_objection           POST    302 403 404 302
sales:product_options             GET     200 200 200 302
sales:product_choice              GET     200 200 200 302
sales:new_opportunity             GET     200 403 200 302
sales:new_opportunity             POST    302 403 302 302
sales:trashed_opportunities       GET     200 403 200 302
sales:opportunities_of_customer   GET     200 200 404 302
sales:opportunity                 GET     200 200 404 302
sales:edit_opportunity            GET     200 403 404 302
sales:edit_opportunity            POST    302 403 404 302
sales:move_opportunity            GET     200 403 404 302
sales:move_opportunity            POST    302 403 404 302
sales:move_back                   POST    302 403 404 302
sales:win_opportunity             GET     200 403 404 302
sales:win_opportunity             POST    302 403 404 302
sales:lose_opportunity            GET     200 403 404 302
sales:lose_opportunity            POST    302 403 404 302
sales:reopen_opportunity          POST    302 403 404 302
sales:assign_opportunity          GET     200 403 404 302
sales:assign_opportunity          POST    302 403 404 302
sales:trash_opportunity           POST    302 403 404 302
sales:restore_opportunity         POST    302 403 404 302
sales:pipeline_stages             GET     200 403 403 302
sales:new_stage                   GET     200 403 403 302
sales:new_stage                   POST    302 403 403 302
sales:edit_stage                  GET     200 403 403 302
sales:edit_stage                  POST    302 403 403 302
sales:drop_stage                  GET     200 403 403 302
sales:drop_stage                  POST    302 403 403 302
sales:shift_stage                 POST    302 403 403 302
sales:orders                      GET     200 200 200 302
sales:orders                      POST    302 403 302 302
sales:new_order                   GET     200 403 200 302
sales:new_order                   POST    302 403 404 302
sales:trashed_orders              GET     200 403 200 302
sales:new_line                    GET     200 200 200 302
sales:no_line                     GET     200 200 200 302
sales:sums                        POST    200 200 200 302
sales:product_results             GET     200 200 200 302
sales:customer_results            GET     200 200 200 302
sales:customer_choice             GET     200 200 404 302
sales:of_customer                 GET     200 200 404 302
sales:order                       GET     200 200 404 302
sales:edit_order                  GET     200 403 404 302
sales:edit_order                  POST    302 403 404 302
sales:place                       POST    302 403 404 302
sales:release                     POST    302 403 404 302
sales:ship                        POST    302 403 404 302
sales:complete                    POST    302 403 404 302
sales:step_back                   POST    302 403 404 302
sales:trash_order                 POST    302 403 404 302
sales:restore_order               POST    302 403 404 302
sales:payment                     GET     200 403 404 302
sales:payment                     POST    302 403 404 302
sales:payment_back                POST    302 403 404 302
sales:beyond                      GET     200 403 404 302
sales:beyond                      POST    302 403 404 302
sales:instalments                 GET     200 403 404 302
sales:instalments                 POST    302 403 404 302
sales:refund                      GET     200 403 404 302
sales:refund                      POST    302 403 404 302
sales:cancel                      GET     200 403 404 302
sales:cancel                      POST    302 403 404 302
sales:reschedule                  GET     200 403 404 302
sales:reschedule                  POST    302 403 404 302
sales:products                    GET     200 200 200 302
sales:products                    POST    302 302 302 302
sales:new_product                 GET     200 403 403 302
sales:new_product                 POST    302 403 403 302
sales:trashed_products            GET     200 403 403 302
sales:product                     GET     200 200 200 302
sales:edit_product                GET     200 403 403 302
sales:edit_product                POST    302 403 403 302
sales:trash_product               POST    302 403 403 302
sales:restore_product             POST    302 403 403 302
sales:commissions                 GET     200 200 200 302
sales:commissions                 POST    302 302 302 302
sales:draw_commissions            GET     200 403 200 302
sales:draw_commissions            POST    302 403 302 302
sales:commission                  GET     200 200 404 302
sales:adjust_commission           GET     200 403 404 302
sales:adjust_commission           POST    302 403 404 302
sales:approve_commission          POST    302 403 404 302
sales:reopen_commission           POST    302 403 404 302
sales:pay_commission              POST    302 403 404 302
sales:commission_plans            GET     200 403 403 302
sales:new_commission_plan         GET     200 403 403 302
sales:new_commission_plan         POST    302 403 403 302
sales:edit_commission_plan        GET     200 404 404 302
sales:edit_commission_plan        POST    302 404 404 302
sales:commission_shares           GET     200 403 404 302
sales:commission_shares           POST    302 403 404 302
sales:targets                     GET     200 200 200 302
sales:edit_target                 GET     200 403 404 302
sales:edit_target                 POST    302 403 404 302

# analytics
analytics:performance             GET     200 200 200 302
analytics:overview                GET     200 200 200 302
analytics:findings                GET     200 200 200 302
analytics:finding_aside           POST    302 302 302 302
analytics:finding_talk            GET     200 200 200 302
analytics:finding_talk            POST    302 302 422 302
analytics:discussions             GET     200 200 200 302
analytics:discussion              GET     200 404 404 302
analytics:discussion              POST    302 404 404 302
analytics:leaving_model           GET     200 200 200 302
analytics:outlook                 GET     200 200 200 302
analytics:outlook_export          GET     404 403 404 302
analytics:warehouse               GET     200 200 200 302
analytics:warehouse               POST    302 403 403 302
analytics:runs                    POST    302 403 403 302
analytics:run                     GET     200 200 200 302
analytics:pyramid                 GET     200 200 200 302
analytics:thresholds              GET     200 403 403 302
analytics:thresholds              POST    302 403 403 302
analytics:life_cycle              GET     200 200 200 302
analytics:life_cycle_moves        GET     404 404 404 302
analytics:life_cycle_moves        POST    404 404 404 302
analytics:upgrades                GET     200 200 200 302
analytics:upgrades                POST    404 404 404 302
analytics:upgrades_moved          GET     404 404 404 302
analytics:upgrades_moved          POST    404 404 404 302
analytics:grading                 GET     200 403 403 302
analytics:grading                 POST    302 403 403 302
analytics:grading_moves           GET     404 403 403 302
analytics:grading_moves           POST    404 403 403 302
analytics:why                     GET     200 200 404 302
analytics:key_proposals           GET     200 200 200 302
analytics:key_proposals           POST    302 403 302 302
analytics:key_rule                GET     200 403 403 302
analytics:key_rule                POST    302 403 403 302
analytics:common                  GET     200 200 404 302
analytics:common_of_tier          GET     200 200 200 302
analytics:next_products           GET     200 200 200 302
analytics:next_products           POST    302 403 302 302
analytics:next_grounds            GET     200 200 200 302
analytics:next_lacking            GET     200 200 200 302
analytics:next_lacking            POST    302 403 302 302
analytics:next_settings           GET     200 403 403 302
analytics:next_settings           POST    302 403 403 302
analytics:next_of_customer        GET     200 200 404 302
analytics:next_outcome            POST    302 403 404 302
analytics:relationships           GET     200 200 200 302
analytics:relationships_of        GET     404 404 404 302
analytics:value_card              GET     200 200 404 302
analytics:equity                  GET     404 404 404 302
analytics:equity_behind           GET     404 404 404 302
analytics:equity_behind           POST    404 404 404 302
analytics:best                    GET     404 404 404 302
analytics:profit                  GET     404 404 404 302
analytics:profit_export           GET     404 404 404 302
analytics:balance                 GET     404 404 404 302
analytics:balance_behind          GET     404 404 404 302
analytics:balance_behind          POST    404 404 404 302
analytics:core                    GET     200 200 200 302
analytics:core_export             GET     200 403 200 302
analytics:core_segment            POST    302 403 302 302
analytics:explore                 GET     200 200 200 302
analytics:explore_views           GET     200 200 200 302
analytics:explore_views           POST    302 302 302 302
analytics:explore_export          GET     404 403 404 302
analytics:explore_behind          GET     404 404 404 302
analytics:explore_segment         POST    404 404 404 302
analytics:purchase_model          GET     200 200 200 302
analytics:cohorts                 GET     200 200 200 302
analytics:cohorts_export          GET     404 403 404 302
analytics:cohort_behind           GET     404 404 404 302
analytics:cohort_behind           POST    404 404 404 302
analytics:retention_split         GET     200 200 200 302
analytics:early_warnings          GET     200 200 200 302
analytics:early_warnings          POST    302 403 302 302
analytics:retention_value         GET     200 200 200 302
analytics:retention_cell          GET     200 200 200 302
analytics:retention_cell          POST    302 403 302 302
analytics:value_matrix            GET     200 200 200 302
analytics:value_cell              GET     200 200 200 302
analytics:value_cell              POST    302 403 302 302
analytics:growth_matrix           GET     200 200 200 302
analytics:growth_cell             GET     404 404 404 302
analytics:growth_cell             POST    404 404 404 302
analytics:strategy                GET     200 403 403 302
analytics:strategy                POST    302 403 403 302
analytics:dashboards              GET     302 302 302 302
analytics:dashboard               GET     200 404 404 302
analytics:dashboard_tile          GET     404 404 404 302
analytics:dashboard_export        GET     404 403 404 302
analytics:dashboard_new           GET     200 200 200 302
analytics:dashboard_new           POST    302 302 302 302
analytics:board_deliveries        GET     200 404 404 302
analytics:board_deliveries        POST    302 404 404 302
analytics:view_deliveries         GET     200 404 404 302
analytics:view_deliveries         POST    302 404 404 302
analytics:dashboard_edit          GET     200 404 404 302
analytics:dashboard_edit          POST    302 404 404 302
analytics:tile_new                GET     200 200 200 302
analytics:tile_new                POST    302 302 302 302
analytics:tile_edit               GET     200 404 404 302
analytics:tile_edit               POST    302 404 404 302
analytics:tile_move               POST    302 404 404 302
analytics:tile_remove             POST    302 404 404 302
analytics:tile_undo               POST    404 404 404 302

# actions
actions:home                      GET     200 200 200 302
actions:messages                  GET     200 200 200 302
actions:contacts_due              GET     302 302 302 302
actions:messages                  POST    302 302 302 302
actions:message                   GET     200 200 404 302
actions:priority                  GET     200 200 404 302
actions:contact                   GET     200 403 404 302
actions:contact                   POST    302 403 404 302
actions:draft                     GET     200 403 404 302
actions:draft                     POST    302 403 404 302
actions:message_task              GET     200 403 404 302
actions:message_task              POST    302 403 404 302
actions:application               POST    302 403 404 302
actions:assignment                GET     200 403 404 302
actions:assignment                POST    302 403 404 302
actions:dismissal                 GET     200 403 404 302
actions:dismissal                 POST    302 403 404 302
actions:reopening                 POST    302 403 404 302
actions:of_customer               GET     200 200 404 302
actions:tasks                     GET     200 200 200 302
actions:tasks                     POST    302 302 302 302
actions:new_task                  GET     200 403 404 302
actions:new_task                  POST    302 403 404 302
actions:completion                POST    302 403 404 302
actions:move                      GET     200 403 404 302
actions:move                      POST    302 403 404 302
actions:cancellation              POST    302 403 404 302
actions:tasks_of                  GET     200 200 404 302
actions:work_done                 GET     200 200 404 302
actions:knowledge                 GET     200 403 403 302
actions:knowledge_new             GET     200 403 403 302
actions:knowledge_new             POST    302 403 403 302
actions:knowledge_edit            GET     200 403 403 302
actions:knowledge_edit            POST    302 403 403 302
actions:knowledge_use             POST    302 403 403 302
actions:knowledge_end             POST    302 403 403 302
actions:rules                     GET     200 403 403 302
actions:rule                      GET     200 403 403 302
actions:rule                      POST    302 403 403 302

# imports: a run is its owner's alone, whatever the team
imports:runs                      GET     200 200 200 302
imports:new                       GET     200 403 200 302
imports:new                       POST    302 403 302 302
imports:run                       GET     200 404 404 302
imports:state                     GET     200 404 404 302
imports:plan                      POST    302 404 404 302
imports:start                     POST    302 404 404 302
imports:stop                      POST    302 404 404 302
imports:undo                      POST    302 404 404 302
imports:discard                   POST    302 404 404 302
imports:keep                      POST    302 404 404 302
imports:refused                   GET     404 404 404 302

# foundation
foundation:search                 GET     200 200 200 302
foundation:panels                 GET     200 200 200 302
foundation:notices                GET     200 200 200 302
foundation:notices_reading        POST    302 302 302 302
foundation:table_filter           GET     200 200 200 302
foundation:table_filter           POST    302 302 302 302
foundation:table_columns          GET     200 200 200 302
foundation:table_columns          POST    302 302 302 302
foundation:table_view             GET     200 200 200 302
foundation:table_view             POST    302 302 302 302
foundation:table_undo             POST    404 404 404 302
foundation:view_deletion          POST    302 404 404 302
foundation:view_choice            POST    302 404 404 302
foundation:audit                  GET     200 403 403 302
foundation:access                 GET     200 403 403 302
foundation:gallery                GET     200 200 200 302
api_manual                        GET     200 200 200 302

# programs
api:api-root                      GET     404 404 404 404
api:list_customers                GET     200 200 200 401
api:post_customer                 POST    201 403 201 401
api:get_customer                  GET     200 200 404 401
api:patch_customer                PATCH   200 403 404 401
api:delete_customer               DELETE  204 403 404 401
api:post_restoration              POST    200 403 404 401
api:post_state                    POST    200 403 404 401
api:post_owner                    POST    200 403 404 401
api:list_files                    GET     200 200 404 401
api:post_file                     POST    201 403 404 401
api:get_file                      GET     200 200 404 401
api:get_file_content              GET     200 200 404 401
api:put_file                      PUT     200 403 404 401
api:delete_file                   DELETE  204 403 404 401
api:post_file_restoration         POST    200 403 404 401
api:list_duties                   GET     200 403 403 401
api:list_fulfilments              GET     200 404 404 401
api:post_fulfilments              POST    201 404 404 401
api:get_plans                     GET     200 200 404 401
api:get_contact_policy            GET     200 200 404 401
api:list_peers                    GET     200 200 200 401
api:post_peer                     POST    201 403 201 401
api:post_tip                      POST    201 403 404 401
api:get_bonds                     GET     200 200 404 401
api:post_bond                     POST    201 403 404 401
api:delete_bond                   DELETE  204 403 404 401
api:post_switching_cost           POST    201 403 404 401
api:delete_switching_cost         DELETE  204 403 404 401
api:post_delivered_value          POST    201 403 404 401
api:delete_delivered_value        DELETE  204 403 404 401
api:get_findings                  GET     200 200 404 401
api:post_finding                  POST    201 403 404 401
api:delete_finding                DELETE  204 403 404 401
api:list_investments              GET     200 200 200 401
api:get_invested                  GET     200 200 404 401
api:post_investment               POST    201 403 404 401
api:get_investment                GET     200 200 404 401
api:patch_investment              PATCH   200 403 404 401
api:delete_investment             DELETE  204 403 404 401
api:post_investment_restoration   POST    200 404 404 401
api:get_consents                  GET     200 200 404 401
api:post_consents                 POST    201 403 404 401
api:post_erasure                  POST    202 403 404 401
api:get_erasure                   GET     200 403 404 401
api:get_copies                    GET     200 403 404 401
api:post_copies                   POST    202 403 404 401
api:post_copy_file                POST    200 403 404 401
api:get_limits                    GET     200 200 404 401
api:post_limits                   POST    201 403 404 401
api:delete_limit                  DELETE  200 403 404 401
api:get_shares                    GET     200 403 404 401
api:post_share                    POST    201 403 404 401
api:delete_share                  DELETE  204 403 404 401
api:get_walls                     GET     200 403 404 401
api:post_wall                     POST    201 403 404 401
api:delete_wall                   DELETE  204 403 404 401
api:list_territories              GET     200 403 403 401
api:post_territory                POST    201 403 403 401
api:put_territory                 PUT     200 404 404 401
api:delete_one_territory          DELETE  204 404 404 401
api:post_territory_preview        POST    200 403 403 401
api:post_territory_customers      POST    200 404 404 401
api:get_contact_permission        GET     200 200 404 401
api:post_note                     POST    201 403 404 401
api:get_note                      GET     200 200 404 401
api:put_note                      PUT     200 403 404 401
api:delete_note                   DELETE  204 403 404 401
api:post_note_restoration         POST    200 403 404 401
api:post_targets                  POST    200 403 400 401
api:post_target_withdrawal        POST    200 403 400 401
api:list_data_sets                GET     200 403 403 401
api:post_data_set                 POST    201 403 403 401
api:patch_data_set                PATCH   200 403 403 401
api:delete_data_set               DELETE  204 403 403 401
api:list_key_proposals            GET     200 200 200 401
api:get_key_proposal              GET     200 200 404 401
api:post_key_acceptance           POST    200 403 404 401
api:post_key_refusal              POST    200 403 404 401
api:post_key_reopening            POST    200 403 404 401
api:list_next_products            GET     200 200 200 401
api:get_next_products             GET     200 200 404 401
api:post_next_outcome             POST    200 403 404 401
api:list_core_customers           GET     200 200 200 401
api:list_access_days              GET     200 200 200 401
api:get_access_day                GET     200 200 404 401
api:post_access_review            POST    200 403 404 401
api:list_handovers                GET     200 200 200 401
api:post_handover_preview         POST    200 403 400 401
api:post_handover                 POST    201 403 400 401
api:get_handover                  GET     200 200 404 401
api:get_handover_report           GET     200 200 404 401
api:post_handover_undo            POST    200 403 404 401
api:list_segments                 GET     200 200 200 401
api:post_segment_count            POST    200 403 200 401
api:post_segment                  POST    201 403 201 401
api:get_segment                   GET     200 200 404 401
api:patch_segment                 PATCH   200 403 404 401
api:delete_one_segment            DELETE  204 403 404 401
api:post_segment_refresh          POST    200 403 404 401
api:post_segment_members          POST    200 403 404 401
api:post_segment_removal          POST    200 403 404 401
api:get_credit                    GET     200 403 404 401
api:post_assessment               POST    201 403 404 401
api:post_credit_report            POST    201 403 404 401
api:post_credit_limit             POST    200 403 404 401
api:get_quality                   GET     200 200 404 401
api:post_review                   POST    200 403 404 401
api:post_point_state              POST    200 403 404 401
api:list_orders                   GET     200 200 200 401
api:post_order                    POST    201 403 400 401
api:get_order                     GET     200 200 404 401
api:put_order                     PUT     200 403 404 401
api:post_schedule                 POST    200 403 404 401
api:delete_order                  DELETE  204 403 404 401
api:post_order_restoration        POST    200 403 404 401
api:post_placement                POST    200 403 404 401
api:post_release                  POST    200 403 404 401
api:post_shipment                 POST    200 403 404 401
api:post_completion               POST    200 403 404 401
api:post_cancellation             POST    200 403 404 401
api:post_payment                  POST    201 403 404 401
api:post_refund                   POST    201 403 404 401
api:post_instalment_check         POST    200 403 404 401
api:post_instalment_approval      POST    200 403 404 401
api:list_products                 GET     200 200 200 401
api:post_product                  POST    201 403 403 401
api:get_product                   GET     200 200 200 401
api:patch_product                 PATCH   200 403 403 401
api:delete_product                DELETE  204 403 403 401
api:post_product_restoration      POST    200 403 403 401
api:list_commissions              GET     200 200 200 401
api:get_commission                GET     200 200 404 401
api:post_commission_approval      POST    200 403 404 401
api:post_commission_payout        POST    200 403 404 401
api:list_leads                    GET     200 200 200 401
api:list_lead_pool                GET     200 403 200 401
api:post_lead                     POST    201 403 201 401
api:get_lead                      GET     200 200 404 401
api:patch_lead                    PATCH   200 403 404 401
api:post_lead_claim               POST    200 403 200 401
api:post_lead_contact             POST    200 403 404 401
api:post_lead_release             POST    204 403 404 401
api:post_lead_discard             POST    200 403 404 401
api:post_lead_reopening           POST    200 403 404 401
api:post_lead_conversion          POST    200 403 404 401
api:delete_lead                   DELETE  204 403 404 401
api:post_lead_restoration         POST    200 403 404 401
api:list_opportunity_stages       GET     200 200 200 401
api:list_opportunity_results      GET     200 200 200 401
api:list_objection_tallies        GET     200 200 200 401
api:list_objections               GET     200 200 404 401
api:post_objection                POST    201 403 404 401
api:patch_objection               PATCH   200 403 404 401
api:delete_objection              DELETE  204 403 404 401
api:list_opportunities            GET     200 200 200 401
api:post_opportunity              POST    201 403 201 401
api:get_opportunity               GET     200 200 404 401
api:patch_opportunity             PATCH   200 403 404 401
api:post_opportunity_stage        POST    200 403 404 401
api:post_opportunity_win          POST    200 403 404 401
api:post_opportunity_loss         POST    200 403 404 401
api:post_opportunity_reopening    POST    200 403 404 401
api:delete_opportunity            DELETE  204 403 404 401
api:post_opportunity_restoration  POST    200 403 404 401
api:list_sales_targets            GET     200 200 200 401
api:put_sales_targets             PUT     200 403 404 401
api:list_messages                 GET     200 200 200 401
api:get_message                   GET     200 200 404 401
api:post_contact                  POST    200 403 404 401
api:post_application              POST    200 403 404 401
api:post_dismissal                POST    200 403 404 401
api:post_reopening                POST    200 403 404 401
api:post_assignee                 POST    200 403 404 401
api:post_message_task             POST    201 403 404 401
api:list_tasks                    GET     200 200 200 401
api:post_task                     POST    201 403 400 401
api:get_task                      GET     200 200 404 401
api:post_day                      POST    200 403 404 401
api:post_task_completion          POST    200 403 404 401
api:post_task_cancellation        POST    200 403 404 401
api:list_imports                  GET     200 200 200 401
api:post_import                   POST    201 403 201 401
api:get_import                    GET     200 404 404 401
api:put_mapping                   PUT     200 404 404 401
api:post_start                    POST    200 404 404 401
api:post_stop                     POST    200 404 404 401
api:post_undo                     POST    200 404 404 401
api:get_refused                   GET     404 404 404 401
api:delete_import                 DELETE  204 404 404 401
"""

COMMANDS = """
# command                         owner   colleague stranger nobody

actions.apply_message             done    denied  unseen  unseen
actions.assign_message            done    denied  unseen  unseen
actions.cancel_task               done    denied  unseen  unseen
actions.complete_task             done    denied  unseen  unseen
actions.create_task               done    denied  unseen  unseen
actions.detect                    done    denied  denied  denied
actions.dismiss_message           done    denied  unseen  unseen
actions.hand_over_work            done    denied  unseen  unseen
actions.move_task                 done    denied  unseen  unseen
actions.plan_task                 done    denied  unseen  unseen
actions.record_contact            done    denied  unseen  unseen
actions.reopen_message            done    denied  unseen  unseen
actions.set_rule                  done    denied  denied  denied
actions.record_knowledge          done    denied  denied  denied
actions.change_knowledge          done    unseen  unseen  unseen
actions.apply_knowledge           done    unseen  unseen  unseen
actions.end_knowledge             done    unseen  unseen  unseen
analytics.accept_key_proposal     done    denied  unseen  unseen
analytics.decline_key_proposal    done    denied  unseen  unseen
analytics.reopen_key_proposal     done    denied  unseen  unseen
analytics.save_exploration        done    done    done    denied
analytics.make_dashboard          done    done    done    denied
analytics.change_dashboard        done    denied  denied  unseen
analytics.delete_dashboard        done    denied  denied  unseen
analytics.write_strategy          done    denied  denied  denied
analytics.begin_discussion        done    done    refused denied
analytics.reply                   done    unseen  unseen  denied
analytics.settle_discussion       done    unseen  unseen  denied
analytics.put_aside               done    done    done    denied
analytics.take_up                 nothing nothing nothing denied
analytics.arrange_delivery        done    unseen  unseen  denied
analytics.arrange_view_delivery   done    unseen  unseen  unseen
analytics.end_delivery            done    unseen  unseen  unseen
analytics.leave_delivery          done    unseen  unseen  unseen
analytics.record_offer            done    denied  unseen  unseen
analytics.store_next_products     denied  denied  denied  denied
analytics.settle_offers           denied  denied  denied  denied
analytics.segment_core            done    denied  done    denied
analytics.store_key_proposals     denied  denied  denied  denied
analytics.find_duplicates         done    denied  denied  denied
analytics.request_analysis        done    denied  denied  denied
analytics.request_load            done    denied  denied  denied
analytics.load_warehouse          nothing   denied  denied  denied
analytics.count_relationships     nothing denied  denied  denied
analytics.run_analysis            done     denied   denied   denied
analytics.set_analysis_settings   done    denied  denied  denied
customers.add_code                done    denied  denied  denied
customers.add_credit_report       done    denied  unseen  unseen
customers.assess_credit           done    denied  unseen  unseen
customers.refresh_credit          done    denied  unseen  unseen
customers.remove_credit_report    done    denied  unseen  unseen
customers.set_credit_limit        done    denied  unseen  unseen
customers.set_credit_rules        done    denied  denied  denied
customers.confirm_part            done    denied  unseen  unseen
customers.mark_contact_point      done    denied  unseen  unseen
customers.set_quality_rules       done    denied  denied  denied
customers.refresh_quality         denied  denied  denied  denied
customers.keep_quality_week       denied  denied  denied  denied
customers.add_contact_point       done    denied  unseen  unseen
customers.add_field               done    unseen  unseen  unseen
customers.add_group               done    denied  denied  denied
customers.add_members             done    denied  unseen  unseen
customers.change_segment          done    denied  unseen  unseen
customers.create_segment          done    denied  done    denied
customers.delete_segment          done    denied  unseen  unseen
customers.refresh_segment         done    denied  unseen  unseen
customers.remove_members          done    denied  unseen  unseen
customers.restore_segment         done    denied  unseen  unseen
customers.ship_segments           done    denied  denied  denied
customers.add_note                done    denied  unseen  unseen
customers.add_relation            done    denied  unseen  unseen
customers.change_note             done    denied  unseen  unseen
customers.pin_note                done    denied  unseen  unseen
customers.restore_note            done    denied  unseen  unseen
customers.trash_note              done    denied  unseen  unseen
customers.assign_customers        done    denied  unseen  unseen
customers.create_bonds            done    denied  nothing denied
customers.remove_bonds            nothing denied  unseen  denied
customers.create_investments      done    denied  nothing denied
customers.remove_investments      nothing denied  unseen  denied
customers.designate_targets       done    denied  unseen  unseen
customers.tell_of_ownerless       nothing denied  nothing denied
customers.withdraw_targets        nothing  denied  unseen  unseen
customers.block_contact           done    denied  unseen  unseen
customers.share_customer          done    denied  unseen  unseen
customers.revoke_share            done    denied  unseen  unseen
customers.save_territory          done    unseen  unseen  unseen
customers.delete_territory        done    unseen  unseen  unseen
customers.place_customers         done    unseen  unseen  unseen
customers.refill_territory        done    unseen  unseen  unseen
customers.set_wall                done    denied  unseen  unseen
customers.take_wall_down          done    denied  unseen  unseen
customers.change_code             done    denied  denied  unseen
customers.change_field            done    unseen  unseen  unseen
customers.change_group            done    unseen  unseen  unseen
customers.change_customer         done    denied  unseen  unseen
customers.create_customer         done    denied  done    denied
customers.give_some               done    denied  unseen  unseen
customers.request_subject_export  done    denied  unseen  unseen
customers.take_subject_export     done    denied  unseen  unseen
customers.set_retention           done    denied  denied  denied
customers.try_retention           done    denied  denied  denied
customers.carry_out_part          done    unseen  unseen  unseen
customers.request_erasure         done    denied  unseen  unseen
customers.erase_customer          unseen  unseen  unseen  unseen
customers.lift_limit              done    denied  unseen  unseen
customers.limit_processing        done    denied  unseen  unseen
customers.lift_block              done    denied  unseen  unseen
customers.mark_actual             done     done     nothing  denied
customers.mark_lost               done     denied   nothing  denied
customers.dismiss_pair            done    denied  unseen  unseen
customers.reopen_pair             nothing denied  unseen  unseen
customers.store_pairs             denied  denied  denied  denied
customers.merge_customers         done    denied  unseen  unseen
customers.record_consent          done    denied  unseen  unseen
customers.remove_contact_point    done    denied  unseen  unseen
customers.remove_relation         done    denied  unseen  unseen
customers.restore_customer        done    denied  unseen  unseen
customers.reveal_field            done    denied  unseen  unseen
customers.set_contact_preference  done    denied  unseen  unseen
customers.register_peer           done    denied  done    denied
customers.change_peer             done    denied  unseen  unseen
customers.remove_peer             done    denied  unseen  unseen
customers.log_tip                 done    denied  unseen  unseen
customers.assess_bond             done    denied  unseen  unseen
customers.trash_bond              done    denied  unseen  unseen
customers.restore_bond            done    denied  unseen  unseen
customers.add_switching_cost      done    denied  unseen  unseen
customers.trash_switching_cost    done    denied  unseen  unseen
customers.restore_switching_cost  done    denied  unseen  unseen
customers.add_delivered_value     done    denied  unseen  unseen
customers.trash_delivered_value   done    denied  unseen  unseen
customers.restore_delivered_value done    denied  unseen  unseen
customers.add_finding             done    denied  unseen  unseen
customers.change_finding          done    denied  unseen  unseen
customers.trash_finding           done    denied  unseen  unseen
customers.restore_finding         done    denied  unseen  unseen
customers.describe_data_set       done    denied  denied  denied
customers.add_data_set            done    denied  denied  denied
customers.remove_data_set         done    denied  denied  denied
customers.record_investment       done    denied  unseen  unseen
customers.change_investment       done    denied  unseen  unseen
customers.trash_investment        done    denied  unseen  unseen
customers.restore_investment      done    denied  unseen  unseen
customers.start_plan              done    denied  unseen  unseen
customers.change_plan             done    denied  unseen  unseen
customers.add_plan_line           done    denied  unseen  unseen
customers.change_plan_line        done    denied  unseen  unseen
customers.remove_plan_line        done    denied  unseen  unseen
customers.set_handling            done    unseen  unseen  unseen
customers.set_group_handling      done    denied  denied  denied
customers.ship_tier_handlings     done    denied  denied  denied
customers.set_life_stage          done    denied  unseen  unseen
customers.set_state               done    denied  unseen  unseen
customers.set_tags                done    denied  unseen  unseen
customers.set_traits              done    denied  nothing denied
customers.ship_codes              nothing  denied   denied   denied
customers.ship_fields             done    denied  denied  denied
customers.start_handover          done    denied  unseen  unseen
customers.tag_customers           done    denied  unseen  unseen
customers.take_report             done    done    unseen  unseen
customers.take_some_back          done    denied  unseen  unseen
customers.trash_customer          done    denied  unseen  unseen
customers.undo_handover           done    denied  unseen  unseen
customers.undo_merge              done    denied  unseen  unseen
customers.withdraw_everything     done    denied  unseen  unseen
customers.write_consent_text      done    denied  denied  unseen
foundation.set_special_days       done    denied  denied  denied
foundation.remove_special_day     done    denied  denied  denied
foundation.restore_special_day    done    denied  denied  denied
foundation.add_file               done    denied  unseen  unseen
foundation.change_file            done    denied  unseen  unseen
foundation.restore_file           done    denied  unseen  unseen
foundation.trash_file             done    denied  unseen  unseen
foundation.choose_view            done    unseen  unseen  unseen
foundation.close_undo             done    unseen  unseen  unseen
foundation.finish_import          done    unseen  unseen  unseen
foundation.delete_view            done    unseen  unseen  unseen
foundation.read_notices           nothing  nothing  nothing  -
foundation.save_view              done     done     done     -
foundation.begin                  done    unseen  unseen  unseen
foundation.begin_undo             done    unseen  unseen  unseen
foundation.choose                 done    unseen  unseen  unseen
foundation.discard_import         done    unseen  unseen  unseen
foundation.discard_untouched      done    denied  nothing denied
foundation.keep_map               done    unseen  unseen  unseen
foundation.new_run                done    denied  done    denied
foundation.start_import           done    unseen  unseen  unseen
foundation.stop_import            done    unseen  unseen  unseen
foundation.undo_import            done    unseen  unseen  unseen
foundation.upload_import          done    denied  done    denied
identity.change_user              done    denied  unseen  unseen
identity.choose_password          done    done    done    unseen
identity.review_days              done    denied  unseen  unseen
identity.count_days               nothing denied  denied  denied
identity.create_duty              done    denied  denied  denied
identity.save_duty                done    unseen  unseen  unseen
identity.publish_version          done    unseen  unseen  unseen
identity.record_fulfilments       done    unseen  unseen  unseen
identity.confirm_document         done    done    done    unseen
identity.withdraw_fulfilment      done    denied  unseen  unseen
identity.remind_lacking           done    unseen  unseen  unseen
identity.create_role              done    denied  denied  denied
identity.create_team              done    denied  denied  denied
identity.create_token             done    denied  unseen  unseen
identity.create_user              done    denied  done    denied
identity.deactivate_user          done    denied  unseen  unseen
identity.delete_role              done    unseen  unseen  unseen
identity.delete_team              done    denied  denied  unseen
identity.admit                    refused denied  refused denied
identity.grant_roles              done    denied  unseen  unseen
identity.map_group                done    unseen  unseen  unseen
identity.unlink_provider          done    denied  unseen  unseen
identity.unmap_group              done    unseen  unseen  unseen
identity.move_team                done    denied  denied  unseen
identity.note_refused_sign_in     done    done    done    done
identity.note_secured_sign_in     done    done    done    unseen
identity.note_sign_in             done    done    done    unseen
identity.reactivate_user          done    denied  unseen  unseen
identity.rename_team              done    denied  denied  unseen
identity.reset_password           done    denied  unseen  unseen
identity.reset_two_factor         done    denied  unseen  unseen
identity.revoke_other_sessions    done    done    done    unseen
identity.revoke_session           done    unseen  unseen  unseen
identity.revoke_token             done    denied  unseen  unseen
identity.save_role                done    unseen  unseen  unseen
identity.set_preferences          done    done    done    unseen
identity.ship_roles               done    denied  denied  denied
identity.sign_out_user            done    denied  unseen  unseen
sales.adjust_commission           done    denied  unseen  unseen
sales.approve_commission          done    denied  unseen  unseen
sales.assign_lead                 done    denied  unseen  unseen
sales.change_lead                 done    denied  unseen  unseen
sales.claim_lead                  done    denied  done    denied
sales.contact_lead                done    denied  unseen  unseen
sales.convert_lead                done    denied  unseen  unseen
sales.create_lead                 done    denied  done    denied
sales.discard_lead                done    denied  unseen  unseen
sales.distribute_leads            nothing denied  nothing denied
sales.move_lead_rule              done    denied  denied  denied
sales.release_lead                done    denied  unseen  unseen
sales.release_overdue             nothing denied  nothing denied
sales.remove_lead_rule            done    denied  denied  denied
sales.reopen_lead                 done    denied  unseen  unseen
sales.restore_lead                done    denied  unseen  unseen
sales.save_lead_rule              done    denied  denied  denied
sales.set_lead_terms              done    denied  denied  denied
sales.trash_lead                  done    denied  unseen  unseen
sales.assign_opportunity          done    denied  unseen  unseen
sales.change_opportunity          done    denied  unseen  unseen
sales.raise_objection             done    denied  unseen  unseen
sales.change_objection            done    denied  unseen  unseen
sales.remove_objection            done    denied  unseen  unseen
sales.restore_objection           done    denied  unseen  unseen
sales.create_opportunity          done    denied  done    denied
sales.lose_opportunity            done    denied  unseen  unseen
sales.move_opportunity            done    denied  unseen  unseen
sales.move_stage                  done    unseen  unseen  unseen
sales.remove_stage                done    unseen  unseen  unseen
sales.reopen_opportunity          done    denied  unseen  unseen
sales.restore_opportunity         done    denied  unseen  unseen
sales.save_stage                  done    unseen  unseen  unseen
sales.trash_opportunity           done    denied  unseen  unseen
sales.win_opportunity             done    denied  unseen  unseen
sales.approve_instalments         done    denied  unseen  unseen
sales.cancel_order                done    denied  unseen  unseen
sales.change_order                done    denied  unseen  unseen
sales.change_product              done    denied  denied  unseen
sales.complete_order              done    denied  unseen  unseen
sales.create_product              done    denied  denied  denied
sales.draft_order                 done    denied  unseen  unseen
sales.draw_commissions            nothing denied  nothing denied
sales.follow_owner                done    denied  unseen  unseen
sales.pay_commission              done    denied  unseen  unseen
sales.place_order                 done    denied  unseen  unseen
sales.receive_payment             done    denied  unseen  unseen
sales.refund_order                done    denied  unseen  unseen
sales.release_order               done    denied  unseen  unseen
sales.reopen_commission           done    denied  unseen  unseen
sales.reschedule_order            done    denied  unseen  unseen
sales.restore_order               done    denied  unseen  unseen
sales.restore_product             done    denied  denied  unseen
sales.save_commission_plan        done    unseen  unseen  unseen
sales.set_targets                 done    denied  unseen  unseen
sales.share_commission            done    denied  unseen  unseen
sales.ship_stages                 nothing denied  denied  denied
sales.ship_order                  done    denied  unseen  unseen
sales.submit_order                done    denied  unseen  unseen
sales.take_back_payment           done    denied  unseen  unseen
sales.take_back_step              done    denied  unseen  unseen
sales.trash_order                 done    denied  unseen  unseen
sales.trash_product               done    denied  denied  unseen

# parts of an import: the run that calls them compared only rows its owner may change,
# and no door passes ids on; who may start and take back a run stands above
customers.create_parties          done     denied   done     denied
customers.link_parents            nothing  denied   nothing  denied
customers.mark_buyers             done     done     nothing  denied
customers.remove_customers        done     denied   unseen   denied
customers.remove_parts            nothing  denied   unseen   denied
customers.restore_customers       nothing  denied   unseen   denied
customers.update_parties          done     denied   nothing  denied
sales.create_opportunities        done     denied   done     denied
sales.update_opportunities        done     denied   nothing  denied
sales.remove_opportunities        nothing  denied   unseen   denied
sales.restore_opportunities       nothing  denied   unseen   denied
sales.create_orders               done     denied   nothing  denied
sales.extend_orders               done     denied   done     denied
sales.remove_orders               done     denied   unseen   denied
sales.create_products             done     denied   denied   denied
sales.remove_products             nothing  denied   denied   denied
sales.restore_orders              nothing  denied   unseen   denied
sales.restore_products            nothing  denied   denied   denied
sales.update_orders               done     denied   nothing  denied
sales.update_products             done     denied   denied   denied
"""
